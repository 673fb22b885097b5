// The log as a file: the answer to a request with the session is saved, since a link cannot carry the session.

const KEPT_MS = 60_000;
const isExport = (element) => "saves" in element.dataset;

// As a blob, which the browser may keep outside its memory.
document.addEventListener("htmx:beforeSend", ({ detail: { elt, xhr } }) => {
  if (isExport(elt)) {
    xhr.responseType = "blob";
  }
});

document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { elt, xhr } = event.detail;
  if (!isExport(elt) || xhr.status !== 200) {
    return;
  }
  event.preventDefault();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([xhr.response], { type: "text/csv" }));
  link.download = xhr.getResponseHeader("Content-Disposition").split('"')[1];
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
});
