// What is not saved yet is said, and not lost without a question.

let saved = null;
let waiting = null;
let secrets = [];

const find = (selector) => document.querySelector(selector);
const form = () => find("form#settings");
const filled = () => String(new URLSearchParams(new FormData(form())));
const isDirty = () => form() && saved !== null && filled() !== saved;
const look = () => find("#save-bar")?.toggleAttribute("data-unsaved", isDirty());
const start = () => {
  saved = form() && filled();
  look();
};

// Of a text area browsers bring the caret into sight, which may leave the rest under the save bar.
addEventListener("focusin", ({ target }) => target.matches("textarea") && target.scrollIntoView({ block: "nearest" }));

addEventListener("DOMContentLoaded", start);
addEventListener("input", look);

// htmx knows which button was pressed inside a form, but not one that only belongs to it.
addEventListener("htmx:configRequest", ({ detail: { elt, formData, triggeringEvent } }) => {
  const { name, value } = (elt === form() && triggeringEvent?.submitter) || {};
  if (name) {
    formData.set(name, value);
  }
});

// A refused form keeps its tokens.
addEventListener("htmx:beforeSwap", () => {
  secrets = [...document.querySelectorAll("[type=password]")].map(({ id, value }) => [id, value]);
});

addEventListener("htmx:afterSettle", ({ detail }) => {
  if (!["view", "configuration"].includes(detail.target.id)) {
    return;
  }
  if (detail.xhr.status !== 422) {
    start();
    if (detail.target.id !== "view" && document.activeElement === document.body) {
      find("#save-bar p")?.focus({ preventScroll: true });
    }
    return;
  }
  for (const [id, value] of secrets) {
    document.getElementById(id).value = value;
  }
  look();
  find('[aria-invalid="true"]')?.focus();
});

// A frame of another site may not confirm(). This comes before session.js looks.
addEventListener(
  "htmx:confirm",
  (event) => {
    const { elt, target } = event.detail;
    if (isDirty() && elt !== form() && !("discards" in elt.dataset) && target.contains(form())) {
      event.preventDefault();
      event.stopPropagation();
      waiting = elt;
      find("#leave").showModal();
    }
  },
  true,
);

addEventListener("click", async ({ target }) => {
  if (target.closest("[data-leave]")) {
    const next = waiting;
    saved = waiting = null;
    next.click();
  }
  if (target.closest("[data-leave], [data-stay]")) {
    find("#leave").close();
  }
  const button = target.closest("[data-copies]");
  if (button) {
    const isCopied = await copy(document.getElementById(button.dataset.copies));
    button.parentElement.querySelector("[data-copied]").textContent = isCopied
      ? "Copied."
      : "Your browser keeps this page from copying. The code is selected: press Ctrl+C, or ⌘C.";
  }
});

addEventListener(
  "close",
  () => {
    if (waiting) {
      waiting = null;
      document.dispatchEvent(new Event("view:stay"));
    }
  },
  true,
);

async function copy(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    return true;
  } catch {
    // A frame of another site may perhaps do this.
    element.focus();
    getSelection().selectAllChildren(element);
    return document.execCommand("copy");
  }
}
