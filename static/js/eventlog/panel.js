// The panel above the log takes the focus when it opens. Its button or Escape closes it and gives the focus back.
// (Browsers ignore autofocus in a cross-site frame.)

let opener = null;
let closedJob = "";
let hadFocus = false;

const panel = () => document.getElementById("log-work");
const jobId = () => panel()?.querySelector("[data-job]")?.dataset.job;

function close() {
  closedJob = jobId() ?? closedJob;
  panel().replaceChildren();
  const returnTarget = opener?.isConnected ? opener : document.querySelector("#view h1");
  returnTarget?.focus();
}

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.target.id === "log-work" && !detail.target.contains(detail.elt)) {
    opener = detail.elt;
  }
});

// A job's panel that was closed while the job ran stays closed.
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id === "view" && closedJob && jobId() === closedJob) {
    panel().replaceChildren();
  }
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id === "log-work") {
    panel()?.querySelector("h2")?.focus();
  }
});

// The stop button disappears when the job ends; the focus stays in the panel.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id === "job-progress") {
    hadFocus = detail.target.contains(document.activeElement);
  }
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id === "job-progress" && hadFocus && document.activeElement === document.body) {
    panel()?.querySelector("h2")?.focus();
  }
});

// A row's button is disabled while its request is under way, which loses the focus: give it back.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.elt.id.startsWith("resend-") && document.activeElement === document.body) {
    detail.elt.focus();
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
