// The Configuration tab's form: what is not saved yet is said, and never lost without a question.
"use strict";

(() => {
  const WHOLE = ["view", "configuration"];
  let saved = null;
  let waiting = null;
  let secrets = [];

  const find = (selector) => document.querySelector(selector);
  const form = () => find("form#settings");
  const filled = () => String(new URLSearchParams(new FormData(form())));
  const isDirty = () => form() !== null && saved !== null && filled() !== saved;
  const look = () => find("#save-bar")?.toggleAttribute("data-unsaved", isDirty());

  function start() {
    saved = form() && filled();
    look();
  }

  addEventListener("DOMContentLoaded", start);
  document.addEventListener("input", look);

  // A token that was refused, or stood beside something refused, need not be typed again.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const typed = detail.xhr.status === 422 ? [...document.querySelectorAll("[type=password]")] : [];
    secrets = typed.map((field) => [field.id, field.value]);
  });

  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (!WHOLE.includes(detail.target.id)) {
      return;
    }
    if (detail.xhr.status !== 422) {
      start();
      return;
    }
    for (const [id, value] of secrets) {
      document.getElementById(id).value = value;
    }
    look();
    find('#configuration [aria-invalid="true"]')?.focus();
  });

  // Browsers let no frame of another site ask with confirm(), so the page asks for itself.
  document.addEventListener("htmx:confirm", (event) => {
    const { elt, target } = event.detail;
    if (!isDirty() || elt === form() || "discards" in elt.dataset || !target.contains(form())) {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = elt;
    find("#leave").showModal();
  });

  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-stay]")) {
      find("#leave").close();
    } else if (target.closest("[data-leave]")) {
      const next = waiting;
      saved = waiting = null;
      find("#leave").close();
      next.click();
    }
  });

  document.addEventListener(
    "close",
    () => {
      if (waiting) {
        waiting = null;
        document.dispatchEvent(new Event("view:stay"));
      }
    },
    true,
  );

  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-copies]");
    if (button) {
      const code = document.getElementById(button.dataset.copies);
      const isCopied = await copy(code);
      button.parentElement.querySelector("[data-copied]").textContent = isCopied
        ? "Copied."
        : "Your browser keeps this page from copying. The code is selected: press Ctrl+C, or ⌘C.";
    }
  });

  async function copy(element) {
    try {
      await navigator.clipboard.writeText(element.textContent);
      return true;
    } catch {
      // A frame of another site may be kept from the clipboard, and perhaps not from this.
      element.focus();
      getSelection().selectAllChildren(element);
      return document.execCommand("copy");
    }
  }
})();
