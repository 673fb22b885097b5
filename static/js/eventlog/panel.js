// The panel above the log: what opens in it takes the focus, and it closes by its own button or by Escape and
// gives the focus back. (A frame of another site gets no autofocus from the browser.)

let opener = null;
let closed = "";
let wasInside = false;

const panel = () => document.getElementById("log-work");
const job = () => panel()?.querySelector("[data-job]")?.dataset.job;

function close() {
  closed = job() ?? closed;
  panel().replaceChildren();
  const back = opener?.isConnected ? opener : document.querySelector("#view h1");
  back?.focus();
}

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.target.id === "log-work" && !detail.target.contains(detail.elt)) {
    opener = detail.elt;
  }
});

// What somebody has hidden while it goes on stays hidden.
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id === "view" && closed && job() === closed) {
    panel().replaceChildren();
  }
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id === "log-work") {
    panel()?.querySelector("h2")?.focus();
  }
});

// The button that stops the work goes when the work ends, however it ends; the focus stays in the panel.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id === "job-progress") {
    wasInside = detail.target.contains(document.activeElement);
  }
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id === "job-progress" && wasInside && document.activeElement === document.body) {
    panel()?.querySelector("h2")?.focus();
  }
});

// The button of a row that was sent again was out of order meanwhile, and has lost the focus.
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
