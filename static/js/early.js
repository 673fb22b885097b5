// A click or Enter before the dashboard's script is there would be lost, or leave the page without its session. It is
// repeated once the script is there.

let repeat = null;

function keepClick(event) {
  const control = event.target.closest("a[hx-get], button[type=button]");
  if (control) {
    event.preventDefault();
    repeat = () => control.click();
  }
}

function keepSubmit(event) {
  event.preventDefault();
  repeat = () => event.target.requestSubmit(event.submitter);
}

document.addEventListener("click", keepClick, true);
document.addEventListener("submit", keepSubmit, true);
// The window hears of it after the document, where htmx begins.
addEventListener("DOMContentLoaded", () => {
  document.removeEventListener("click", keepClick, true);
  document.removeEventListener("submit", keepSubmit, true);
  repeat?.();
});
