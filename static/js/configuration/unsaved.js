// Unsaved changes: mark them in the save bar, and ask before they are lost.

const COPIED_MS = 4_000;
const RESULT_MS = 10_000;

let savedValues = null;
let pendingElement = null;
let typedTokens = [];
let timer = 0;

const find = (selector) => document.querySelector(selector);
const form = () => find("form#settings");
const formValues = () => String(new URLSearchParams(new FormData(form())));
const isDirty = () => form() && savedValues !== null && formValues() !== savedValues;
const updateSaveBar = () => find("#save-bar")?.toggleAttribute("data-unsaved", isDirty());
const markSaved = () => {
  savedValues = form() && formValues();
  updateSaveBar();
};

// Browsers scroll only a text area's caret into view, which may leave the rest under the save bar.
addEventListener("focusin", ({ target }) => target.matches("textarea") && target.scrollIntoView({ block: "nearest" }));

// Good news leaves by itself.
function hideResultLater() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (!find("#save-bar :is(.pending, .warn, .bad:not(:empty))")) {
      find("#save-bar")?.removeAttribute("data-saved");
    }
  }, RESULT_MS);
}

addEventListener("DOMContentLoaded", markSaved);
addEventListener("beforeunload", (event) => isDirty() && event.preventDefault());
addEventListener("input", updateSaveBar);

// htmx sends the pressed button inside a form, but not one outside that belongs to it by its `form` attribute.
addEventListener("htmx:configRequest", ({ detail: { elt, formData, triggeringEvent } }) => {
  const { name, value } = (elt === form() && triggeringEvent?.submitter) || {};
  if (name) {
    formData.set(name, value);
  }
});

// A form that is returned with faults keeps its typed tokens.
addEventListener("htmx:beforeSwap", () => {
  typedTokens = [...document.querySelectorAll("[type=password]")].map(({ id, value }) => [id, value]);
});

// A save that was not answered: the page stays as it is.
for (const name of ["htmx:responseError", "htmx:sendError"]) {
  addEventListener(name, ({ detail: { elt } }) => {
    const place = find(elt === form() ? "#not-saved" : "#save-bar .pending");
    if (place && elt.matches("#settings, #save-bar *")) {
      place.textContent = elt === form() ? "Not saved. Try again in a minute." : "The connection is not tested yet.";
      place.className = "bad";
    }
  });
}

addEventListener("htmx:afterSettle", ({ detail }) => {
  hideResultLater();
  if (!["view", "configuration", "forget"].includes(detail.target.id)) {
    return;
  }
  if (![409, 422].includes(detail.xhr.status)) {
    // The field in which Enter was pressed keeps its text.
    document.querySelectorAll("[type=password]").forEach((each) => (each.value = ""));
    markSaved();
    // The browser takes the focus off the save button, which is hidden now, only when it paints again.
    const isFocusLost = document.activeElement === document.body || !document.activeElement.checkVisibility();
    if (detail.target.id !== "view" && isFocusLost) {
      find("#save-bar .result")?.focus({ preventScroll: true });
    }
    return;
  }
  for (const [id, value] of typedTokens) {
    document.getElementById(id).value = value;
  }
  updateSaveBar();
  find('[aria-invalid="true"], #save-bar .result').focus();
});

// Browsers forbid confirm() in a cross-site frame. This runs before session.js's listener.
addEventListener(
  "htmx:confirm",
  (event) => {
    const { elt, target } = event.detail;
    if (isDirty() && elt !== form() && !("discards" in elt.dataset) && target.contains(form())) {
      event.preventDefault();
      event.stopPropagation();
      pendingElement = elt;
      find("#leave").showModal();
    }
  },
  true,
);

addEventListener("click", async ({ target }) => {
  if (target.closest("[data-leave]")) {
    const next = pendingElement;
    savedValues = pendingElement = null;
    next.click();
  }
  if (target.closest("[data-leave], [data-stay]")) {
    find("#leave").close();
  }
  const button = target.closest("[data-copies]");
  if (button) {
    const isCopied = await copyText(document.getElementById(button.dataset.copies));
    const result = button.parentElement.querySelector("[data-copied]");
    result.textContent = isCopied
      ? "Copied."
      : "Your browser blocked copying. The text is selected. Press Ctrl+C, or ⌘C.";
    if (isCopied) {
      setTimeout(() => (result.textContent = ""), COPIED_MS);
    }
  }
});

addEventListener(
  "close",
  () => {
    if (pendingElement) {
      pendingElement = null;
      document.dispatchEvent(new Event("navigation:cancelled"));
    }
  },
  true,
);

async function copyText(element) {
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
