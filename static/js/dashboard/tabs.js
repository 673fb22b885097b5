// The tabs' addresses: `/?tenantId=…&tab=activity&status=error` shows the fragment `/activity?status=error`.

const PAGE_PARAMS = ["tenantId", "adminUITheme", "tab", "account"];
const links = [...document.querySelectorAll("nav.tabs a")];
const pathOf = (link) => link.getAttribute("hx-get");
// The link of the tab with this path, or of the tab that a page within it belongs to.
const linkFor = (path) => links.find((link) => `${path}/`.startsWith(`${pathOf(link)}/`)) ?? links[0];
let currentUrl = location.href;

function pageUrlOf(fragmentUrl) {
  const url = new URL(location.href);
  const query = url.searchParams;
  [...query.keys()].forEach((name) => PAGE_PARAMS.includes(name) || query.delete(name));
  query.set("tab", fragmentUrl.pathname.slice(1));
  fragmentUrl.searchParams.forEach((value, name) => query.append(name, value));
  return url.href;
}

function currentPath() {
  const query = new URL(location.href).searchParams;
  const asked = `/${query.get("tab")}`;
  const tab = pathOf(linkFor(asked));
  const path = asked.startsWith(`${tab}/`) ? asked : tab;
  PAGE_PARAMS.forEach((name) => query.delete(name));
  return path + (query.size ? `?${query}` : "");
}

function scrollAndFocus(id) {
  const element = document.getElementById(id);
  element?.closest("details")?.setAttribute("open", "");
  document.querySelector("[data-marked]")?.removeAttribute("data-marked");
  (element?.closest(".field, .switch") ?? element)?.setAttribute("data-marked", "");
  element?.scrollIntoView({ block: element.matches("section, details") ? "start" : "center" });
  (element?.matches("div") ? element.querySelector("button") : element)?.focus({ preventScroll: true });
}

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const { requestConfig, pathInfo, successful } = detail;
  if (!successful || requestConfig.verb !== "get" || !requestConfig.elt.closest("[data-visit]")) {
    return;
  }
  const fragmentUrl = new URL(pathInfo.finalRequestPath, location.origin);
  const isHistoryNavigation = requestConfig.triggeringEvent?.type === "popstate";
  if (!isHistoryNavigation && currentPath() !== fragmentUrl.pathname + fragmentUrl.search) {
    history.pushState(null, "", pageUrlOf(fragmentUrl));
  }
  currentUrl = location.href;
  const current = linkFor(fragmentUrl.pathname);
  links.forEach((link) => link.removeAttribute("aria-current"));
  current.setAttribute("aria-current", "page");
  document.title = `${current.textContent} – 1Pixel`;
  if (pathInfo.anchor) {
    scrollAndFocus(pathInfo.anchor);
  } else if (document.activeElement === document.body) {
    document.querySelector("#view h1").focus();
  }
});

addEventListener("popstate", (event) => {
  const source = linkFor(currentPath().split("?")[0]);
  if (source.isConnected) {
    htmx.ajax("GET", currentPath(), { source, event, target: "#view" });
  }
});

// The user went back, but then stayed with unsaved changes: restore the address.
document.addEventListener("navigation:cancelled", () => {
  if (location.href !== currentUrl) {
    history.pushState(null, "", currentUrl);
  }
});

document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (link) {
    event.preventDefault();
    scrollAndFocus(link.hash.slice(1));
  }
});

// The field in use keeps its value through a swap. A focused heading, such as that of work on the log, takes its new text.
document.addEventListener("htmx:beforeSwap", () => {
  Idiomorph.defaults.ignoreActiveValue = !document.activeElement?.matches("h1, h2");
});

// Opened <details> stay open through a swap.
document.addEventListener("DOMContentLoaded", () => {
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, element, how) =>
    name !== "open" || how !== "remove" || !element.matches("details");
});
