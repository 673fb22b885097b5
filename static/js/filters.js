// The log's filters ask by themselves: a choice at once, a date that is typed once the typing rests, since a
// browser tells of each part of it, or when it is left, or on Enter.

const REST_MS = 1_000;
const DATE = "form.filters input[type=date]";

let isTyping = false;
let timer = 0;
let asking = null;

const isForm = (element) => element.matches("form.filters");
const wishOf = (form) => String(new URLSearchParams(new FormData(form)));

function rest(form) {
  clearTimeout(timer);
  timer = setTimeout(askNow, REST_MS, form);
}

function askNow(form) {
  clearTimeout(timer);
  timer = 0;
  if (form.isConnected) {
    htmx.trigger(form, "submit");
  }
}

document.addEventListener("keydown", ({ target }) => {
  isTyping = target.matches(DATE);
  if (isTyping && timer) {
    rest(target.form);
  }
});

document.addEventListener("pointerdown", () => {
  isTyping = false;
});

document.addEventListener("focusout", ({ target }) => {
  isTyping = false;
  if (timer && target.matches(DATE)) {
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
      rest(elt);
    } else {
      clearTimeout(timer);
      timer = 0;
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

document.addEventListener("htmx:afterRequest", ({ detail: { elt } }) => {
  asking = isForm(elt) ? null : asking;
});

// What is not asked about has no place in an address. A year is typed digit by digit: 0002 is none yet.
document.addEventListener("htmx:configRequest", (event) => {
  const { elt, formData } = event.detail;
  if (!isForm(elt)) {
    return;
  }
  for (const [name, value] of [...formData.entries()]) {
    if (["from", "to"].includes(name) && value && value < "2000") {
      event.preventDefault();
    }
    if (!value || (name === "show" && value === "conversions")) {
      formData.delete(name);
    }
  }
});
