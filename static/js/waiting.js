// What takes longer than a moment says what it waits for.
"use strict";

(() => {
  const MOMENT_MS = 600;
  const timers = new Map();

  function say(words) {
    const waiting = document.getElementById("waiting");
    if (waiting) {
      waiting.textContent = words;
    }
  }

  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    const words = detail.elt.closest("[data-waits-for]")?.dataset.waitsFor;
    if (words) {
      detail.target.setAttribute("aria-busy", "true");
      timers.set(detail.xhr, setTimeout(() => say(words), MOMENT_MS));
    }
  });

  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (timers.has(detail.xhr)) {
      clearTimeout(timers.get(detail.xhr));
      timers.delete(detail.xhr);
      detail.target.removeAttribute("aria-busy");
      say("");
    }
  });
})();
