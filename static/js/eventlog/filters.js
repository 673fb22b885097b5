// The log's filters submit themselves: a choice at once; a typed date after a pause, on blur or on Enter, since a
// browser reports a change for each part of a date.

const REST_MS = 1_000;
const DATE = "form.filters input[type=date]";

let isTyping = false;
let isUnasked = false;
let timer = 0;
let asking = null;
let failed = null;

const isForm = (element) => element.matches("form.filters");
const wishOf = (form) => String(new URLSearchParams(new FormData(form)));
const askNow = (form) => form.isConnected && htmx.trigger(form, "submit");

// A year is typed digit by digit: 0202 is not complete yet.
function rest(field) {
  isUnasked = true;
  clearTimeout(timer);
  timer = setTimeout(() => field.value.startsWith("0") || askNow(field.form), REST_MS);
}

document.addEventListener("keydown", ({ target }) => {
  isTyping = target.matches(DATE);
  if (isTyping && isUnasked) {
    rest(target);
  }
});

document.addEventListener("pointerdown", () => {
  isTyping = false;
});

document.addEventListener("focusout", ({ target }) => {
  isTyping = false;
  if (isUnasked && target.matches(DATE)) {
    askNow(target.form);
  }
});

// This runs before session.js's listener. Enter both changes a field and submits its form: send one request only.
document.addEventListener(
  "htmx:confirm",
  (event) => {
    const { elt, triggeringEvent } = event.detail;
    if (!isForm(elt)) {
      return;
    }
    const isHalfTyped = isTyping && triggeringEvent.type === "change";
    if (isHalfTyped) {
      rest(triggeringEvent.target);
    } else {
      clearTimeout(timer);
      isUnasked = false;
    }
    if (isHalfTyped || wishOf(elt) === asking) {
      event.preventDefault();
      event.stopPropagation();
    }
  },
  true,
);

document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
  asking = isForm(elt) ? wishOf(elt) : asking;
});

// A failed request is repeated after the next successful poll; else the form would not match the rows.
document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  if (isForm(elt)) {
    asking = null;
    failed = successful ? null : elt;
  } else if (successful && failed && elt.matches("[data-live]")) {
    askNow(failed);
  }
});

// Empty and default filters are left out of the address. The year 26 means 2026.
document.addEventListener("htmx:configRequest", ({ detail: { elt, formData } }) => {
  if (!isForm(elt)) {
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
