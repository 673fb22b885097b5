// The log's filters ask by themselves: a choice at once, a date that is typed once the typing rests, since a
// browser tells of each part of it, or when it is left, or on Enter.

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

// A year is typed digit by digit: the day 0202 is none yet.
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

// This comes before session.js looks. Enter both changes a field and sends its form: that is one question.
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

// What could not be asked is asked once the page is reached again: the form would else say what does not hold.
document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  if (isForm(elt)) {
    asking = null;
    failed = successful ? null : elt;
  } else if (successful && failed && elt.matches("[data-live]")) {
    askNow(failed);
  }
});

// What is not asked about has no place in an address. The year 26 is this century's.
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
