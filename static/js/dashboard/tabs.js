// The tabs' addresses: `/?tenantId=…&tab=activity&status=error` shows the fragment `/activity?status=error`.

const OURS = ["tenantId", "adminUITheme", "tab", "account"];
const links = [...document.querySelectorAll("nav.tabs a")];
const pathOf = (link) => link.getAttribute("hx-get");
const linkTo = (path) => links.find((link) => pathOf(link) === path) ?? links[0];
let shown = location.href;

function addressOf(asked) {
  const address = new URL(location.href);
  const query = address.searchParams;
  [...query.keys()].forEach((name) => OURS.includes(name) || query.delete(name));
  query.set("tab", asked.pathname.slice(1));
  asked.searchParams.forEach((value, name) => query.append(name, value));
  return address.href;
}

function pathHere() {
  const query = new URL(location.href).searchParams;
  const path = pathOf(linkTo(`/${query.get("tab")}`));
  OURS.forEach((name) => query.delete(name));
  return path + (query.size ? `?${query}` : "");
}

function goTo(id) {
  const goal = document.getElementById(id);
  goal?.closest("details")?.setAttribute("open", "");
  goal?.scrollIntoView({ block: "center" });
  (goal?.matches("div") ? goal.querySelector("button") : goal)?.focus({ preventScroll: true });
}

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const { requestConfig, pathInfo, successful } = detail;
  if (!successful || requestConfig.verb !== "get" || !requestConfig.elt.closest("[data-visit]")) {
    return;
  }
  const asked = new URL(pathInfo.finalRequestPath, location.origin);
  const isBack = requestConfig.triggeringEvent?.type === "popstate";
  if (!isBack && pathHere() !== asked.pathname + asked.search) {
    history.pushState(null, "", addressOf(asked));
  }
  shown = location.href;
  const current = linkTo(asked.pathname);
  links.forEach((link) => link.removeAttribute("aria-current"));
  current.setAttribute("aria-current", "page");
  document.title = `${current.textContent} – 1Pixel`;
  if (pathInfo.anchor) {
    goTo(pathInfo.anchor);
  } else if (document.activeElement === document.body) {
    document.querySelector("#view h1").focus();
  }
});

addEventListener("popstate", (event) => {
  const source = linkTo(pathHere().split("?")[0]);
  if (source.isConnected) {
    htmx.ajax("GET", pathHere(), { source, event, target: "#view" });
  }
});

// The user went back, but then stayed with unsaved changes: restore the address.
document.addEventListener("view:stay", () => {
  if (location.href !== shown) {
    history.pushState(null, "", shown);
  }
});

document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (link) {
    event.preventDefault();
    goTo(link.hash.slice(1));
  }
});

// Opened <details> stay open through a swap, and the field in use keeps its value.
document.addEventListener("DOMContentLoaded", () => {
  Idiomorph.defaults.ignoreActiveValue = true;
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, element, how) =>
    name !== "open" || how !== "remove" || !element.matches("details");
});
