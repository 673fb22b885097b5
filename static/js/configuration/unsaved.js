// Unsaved changes: mark them in the save bar, and ask before they are lost.

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

// Browsers scroll only a text area's caret into view, which may leave the rest under the save bar.
addEventListener("focusin", ({ target }) => target.matches("textarea") && target.scrollIntoView({ block: "nearest" }));

addEventListener("DOMContentLoaded", start);
addEventListener("input", look);

// htmx sends the pressed button inside a form, but not one outside that belongs to it by its `form` attribute.
addEventListener("htmx:configRequest", ({ detail: { elt, formData, triggeringEvent } }) => {
  const { name, value } = (elt === form() && triggeringEvent?.submitter) || {};
  if (name) {
    formData.set(name, value);
  }
});

// A form that is returned with faults keeps its typed tokens.
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

// Browsers forbid confirm() in a cross-site frame. This runs before session.js's listener.
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
    // This may work in a cross-site frame.
    element.focus();
    getSelection().selectAllChildren(element);
    return document.execCommand("copy");
  }
}
