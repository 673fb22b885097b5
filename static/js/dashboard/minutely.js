// Alerts and figures are polled once a minute, but not while the page is hidden; figures not while it is paused.

const alerts = () => document.getElementById("alerts");
const isPaused = () => Boolean(document.querySelector("[data-is-paused]"));
const isPlace = (element) => element.hasAttribute?.("data-placeholder");

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = event.detail;
  if ((document.hidden && elt.matches("#alerts, #figures")) || (isPaused() && elt.id === "figures" && !isPlace(elt))) {
    event.preventDefault();
  }
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && alerts()) {
    htmx.trigger(alerts(), "alerts-changed");
  }
});

// The Overview's poll brings the place of the figures only, which must not take those that are shown; and what is
// opened there stays open.
document.addEventListener("DOMContentLoaded", () => {
  Idiomorph.defaults.callbacks.beforeNodeMorphed = (_, fresh) => !isPlace(fresh);
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, element) => name !== "open" || !element.closest("#figures, #setup-card");
});
