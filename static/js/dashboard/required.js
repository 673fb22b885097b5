// A browser says only that a required field is empty; `data-missing` says what to enter.

const say = (field, words) => field.dataset?.missing && field.setCustomValidity(words);

document.addEventListener("invalid", ({ target }) => say(target, target.dataset.missing), true);
document.addEventListener("input", ({ target }) => say(target, ""));
