// The panel above the log: what opens in it takes the focus, and it closes by its own button or by Escape and
// gives the focus back. (A frame of another site gets no autofocus from the browser.)

let opener = null;
let closed = "";

const panel = () => document.getElementById("log-work");
const job = () => panel()?.querySelector("[data-job]")?.dataset.job;

// What somebody has closed, or done with, stays closed: on the next page, and on this one opened anew.
try {
  closed = sessionStorage.closedJob;
} catch {
  // A browser may keep a frame of another site from storing anything.
}

function forget() {
  if (!job()) {
    return;
  }
  closed = job();
  try {
    sessionStorage.closedJob = closed;
  } catch {
    // As above.
  }
}

function hideClosed() {
  if (closed && job() === closed) {
    panel()?.replaceChildren();
  }
}

function close() {
  forget();
  panel().replaceChildren();
  const back = opener?.isConnected ? opener : document.querySelector("#view h1");
  back?.focus();
}

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.target.id === "log-work" && !detail.target.contains(detail.elt)) {
    opener = detail.elt;
  }
});

document.addEventListener("DOMContentLoaded", hideClosed);
document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
  if (target.id === "log-work" && !panel().querySelector("progress")) {
    forget();
  }
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id === "view") {
    hideClosed();
  }
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id === "log-work") {
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
