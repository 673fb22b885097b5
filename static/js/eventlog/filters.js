// The log's filters submit themselves: a choice at once; a typed date after a pause, on blur or on Enter, since a
// browser reports a change for each part of a date.

const DEBOUNCE_MS = 1_000;
const DATE = "form.filters input[type=date]";

let isTyping = false;
let hasUnsubmittedDate = false;
let timer = 0;
let pendingQuery = null;
let failedForm = null;

const isFilterForm = (element) => element.matches("form.filters");
const queryOf = (form) => String(new URLSearchParams(new FormData(form)));
const submitNow = (form) => form.isConnected && htmx.trigger(form, "submit");

// A year is typed digit by digit: 0202 is not complete yet.
function debounceSubmit(field) {
  hasUnsubmittedDate = true;
  clearTimeout(timer);
  timer = setTimeout(() => field.value.startsWith("0") || submitNow(field.form), DEBOUNCE_MS);
}

document.addEventListener("keydown", ({ target }) => {
  isTyping = target.matches(DATE);
  if (isTyping && hasUnsubmittedDate) {
    debounceSubmit(target);
  }
});

document.addEventListener("pointerdown", () => {
  isTyping = false;
});

document.addEventListener("focusout", ({ target }) => {
  isTyping = false;
  if (hasUnsubmittedDate && target.matches(DATE)) {
    submitNow(target.form);
  }
});

// This runs before session.js's listener. Enter both changes a field and submits its form: send one request only.
document.addEventListener(
  "htmx:confirm",
  (event) => {
    const { elt, triggeringEvent } = event.detail;
    if (!isFilterForm(elt)) {
      return;
    }
    const isIncomplete = isTyping && triggeringEvent.type === "change";
    if (isIncomplete) {
      debounceSubmit(triggeringEvent.target);
    } else {
      clearTimeout(timer);
      hasUnsubmittedDate = false;
    }
    if (isIncomplete || queryOf(elt) === pendingQuery) {
      event.preventDefault();
      event.stopPropagation();
    }
  },
  true,
);

document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
  pendingQuery = isFilterForm(elt) ? queryOf(elt) : pendingQuery;
});

// A failed request is repeated after the next successful poll; else the form would not match the rows.
document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  if (isFilterForm(elt)) {
    pendingQuery = null;
    failedForm = successful ? null : elt;
  } else if (successful && failedForm && elt.matches("[data-live]")) {
    submitNow(failedForm);
  }
});

// Empty and default filters are left out of the address. The year 26 means 2026.
document.addEventListener("htmx:configRequest", ({ detail: { elt, formData } }) => {
  if (!isFilterForm(elt)) {
    return;
  }
  for (const field of elt.querySelectorAll("[name]")) {
    const value = field.value.replace(/^00(?=..-)/, "20");
    if (value !== field.value) {
      formData.set(field.name, (field.value = value));
    }
    if (!value || (field.name === "show" && value === "conversions")) {
      formData.delete(field.name);
    }
  }
});
