// The panel above the log: what opens in it takes the focus, and it closes by its own button or by Escape and
// gives the focus back. (A frame of another site gets no autofocus from the browser.)

let opener = null;

const panel = () => document.getElementById("log-work");

function close() {
  panel().replaceChildren();
  const back = opener?.isConnected ? opener : document.querySelector("#view h1");
  back?.focus();
}

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.target.id === "log-work" && !detail.target.contains(detail.elt)) {
    opener = detail.elt;
  }
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id === "log-work") {
    panel()?.querySelector("h2")?.focus();
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("#log-work [data-close]")) {
    close();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && panel()?.contains(document.activeElement)) {
    close();
  }
});
