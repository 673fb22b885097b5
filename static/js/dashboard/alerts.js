// Alerts are polled once a minute, but not while the page is hidden.

const alerts = () => document.getElementById("alerts");

document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.detail.elt === alerts()) {
    event.preventDefault();
  }
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && alerts()) {
    htmx.trigger(alerts(), "alerts-changed");
  }
});
