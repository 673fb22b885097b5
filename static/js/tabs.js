// Tabs and addresses: `/?tenantId=…&tab=activity&status=error` shows what `/activity?status=error` answers,
// so that "back" works and an address can be handed on. A request is a visit if its element says so.
"use strict";

(() => {
  const KEPT = ["tenantId", "adminUITheme"];
  const links = [...document.querySelectorAll("nav.tabs a")];
  const titles = new Map(links.map((link) => [link.getAttribute("hx-get"), link.textContent.trim()]));
  let shown = location.href;

  function addressOf(path) {
    const asked = new URL(path, location.origin);
    const here = new URL(location.href);
    const address = new URL(location.pathname, location.origin);
    for (const name of KEPT.filter((each) => here.searchParams.has(each))) {
      address.searchParams.set(name, here.searchParams.get(name));
    }
    address.searchParams.set("tab", asked.pathname.slice(1));
    asked.searchParams.forEach((value, name) => address.searchParams.append(name, value));
    return address.href;
  }

  function pathIn(address) {
    const query = new URL(address).searchParams;
    const path = `/${query.get("tab") ?? ""}`;
    ["tab", "account", ...KEPT].forEach((name) => query.delete(name));
    const rest = query.toString();
    return (titles.has(path) ? path : links[0].getAttribute("hx-get")) + (rest && `?${rest}`);
  }

  function mark(path) {
    for (const link of links) {
      link.toggleAttribute("aria-current", link.getAttribute("hx-get") === path);
      link.hasAttribute("aria-current") && link.setAttribute("aria-current", "page");
    }
    document.title = `${titles.get(path)} – 1Pixel`;
  }

  function goTo(id) {
    const goal = document.getElementById(id);
    goal?.closest("details")?.setAttribute("open", "");
    goal?.scrollIntoView({ block: "center" });
    const first = goal?.matches("div") ? goal.querySelector("button, input, a") : goal;
    first?.focus({ preventScroll: true });
  }

  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    const { elt, verb } = detail.requestConfig;
    if (verb !== "get" || !elt.closest("[data-visit]") || !detail.successful) {
      return;
    }
    const path = new URL(detail.pathInfo.finalRequestPath, location.origin);
    shown = addressOf(path.pathname + path.search);
    if (shown !== location.href) {
      history.pushState(null, "", shown);
    }
    mark(path.pathname);
    if (detail.pathInfo.anchor) {
      goTo(detail.pathInfo.anchor);
    } else if (document.activeElement === document.body) {
      document.querySelector("#view h1")?.focus();
    }
  });

  addEventListener("popstate", () => {
    if (location.href !== shown && document.querySelector("nav.tabs")) {
      const path = pathIn(location.href);
      const source = links.find((link) => link.getAttribute("hx-get") === path.split("?")[0]);
      htmx.ajax("GET", path, { source, target: "#view" });
    }
  });

  // Whoever decides to stay with unsaved changes is still where they were (settings.js).
  document.addEventListener("view:stay", () => {
    if (location.href !== shown) {
      history.pushState(null, "", shown);
    }
  });

  // A link to something on this page is no address of its own.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    if (link) {
      event.preventDefault();
      goTo(link.hash.slice(1));
    }
  });

  // What somebody has opened stays open when the page under it is brought up to date.
  document.addEventListener("DOMContentLoaded", () => {
    Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, element, how) =>
      !(how === "remove" && name === "open" && element.matches("details"));
  });
})();
