// A storefront's page for the built snippet: as much of a browser as the snippet touches, and a clock that tests turn.
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import vm from "node:vm";

const BUILT = readFileSync(new URL("../../static/snippet/onepixel.js", import.meta.url), "utf8");
const SUFFIXES = new Set(["com", "uk", "co.uk", "localhost"]);
export const CART = "0f8fad5b-d9cb-469f-a165-70867728950e";
export const EVENTS = ["PageView", "ViewContent", "AddToCart", "InitiateCheckout"];

/** How long the snippet gathers what happens, in milliseconds. */
export const GATHERED = 1000;

/** In the order of `Config` in snippet/src/types.d.ts. */
const CONFIG = {
  tenant: "estate",
  collect: "https://service.example/collect",
  events: EVENTS,
  consent: 1,
  checkoutEmail: false,
  product: "/product",
  checkout: "/checkout",
};

/** Cookies by the rules that the snippet relies on: no cookie for a public suffix or another site. */
class Jar {
  constructor(host, cookies) {
    this.host = host;
    this.cookies = new Map(Object.entries(cookies));
    this.written = [];
  }

  get text() {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  set(text) {
    const [pair, ...attributes] = text.split(";");
    const domain = attributes.find((each) => each.startsWith("domain=")).slice(7);
    if (SUFFIXES.has(domain) && domain !== this.host) return;
    if (this.host !== domain && !this.host.endsWith(`.${domain}`)) return;
    this.cookies.set(...pair.split(/=(.*)/s));
    this.written.push(text);
  }
}

function historyOf(page) {
  const go = (_state, _title, url) => {
    if (url !== undefined) page.address = new URL(url, page.address);
  };
  return { pushState: go, replaceState: go };
}

/** A page that is loaded but without the snippet; `run` adds it. */
export class Page {
  constructor({ url = "https://www.estate.com/", referrer = "", cookies = {}, config = {}, ...rest } = {}) {
    this.address = new URL(url);
    this.jar = new Jar(this.address.hostname, cookies);
    this.config = { ...CONFIG, ...config };
    this.now = 1_700_000_000_000;
    this.timers = [];
    this.listeners = [];
    this.hashes = [];
    this.hits = [];
    this.fetched = 0;
    this.bodies = [];
    this.scripts = [];
    this.hidden = rest.hidden ?? false;
    this.window = this.#globals({ referrer, ...rest });
  }

  #globals({ referrer, gpc, beacons, canHash = true, arrival = 0 }) {
    const page = this;
    const digest = (...args) => {
      const hash = webcrypto.subtle.digest(...args);
      page.hashes.push(hash);
      return hash;
    };
    const window = {
      addEventListener: (type, act) => page.listeners.push([type, act]),
      setTimeout: (act, pause = 0) => page.timers.push([page.now + pause, act]),
      location: new Proxy({}, { get: (_, name) => page.address[name] }),
      document: {
        referrer,
        get hidden() { return page.hidden; },
        get cookie() { return page.jar.text; },
        set cookie(text) { page.jar.set(text); },
        querySelectorAll: () => page.scripts,
      },
      navigator: { globalPrivacyControl: gpc, sendBeacon: beacons ?? ((...sent) => page.take(...sent)) },
      async fetch(address, { body }) {
        page.fetched++;
        page.take(address, body);
      },
      PerformanceObserver: class {
        constructor(act) { page.observe = (...names) => (act({ getEntries: () => names.map((name) => ({ name })) }), page); }
        observe() {}
      },
      performance: { navigation: { type: arrival } },
      history: historyOf(page),
      isSecureContext: this.address.protocol === "https:",
      crypto: { randomUUID: () => webcrypto.randomUUID(), subtle: canHash ? { digest } : undefined },
      TextEncoder,
      URLSearchParams,
      Date: class extends Date { static now() { return page.now; } },
    };
    window.window = window;
    return vm.createContext(window);
  }

  /** Take a hit, as the server does. */
  take(address, body) {
    this.hits.push(JSON.parse(body));
    this.bodies.push(body);
    this.collected = address;
    return true;
  }

  /** Put the snippet into the page, and let the first hit go. */
  run(wait = GATHERED) {
    vm.runInContext(BUILT.replace("ONEPIXEL_CONFIG", JSON.stringify(Object.values(this.config))), this.window);
    return this.wait(wait);
  }

  /** Let time pass. */
  wait(milliseconds) {
    const end = this.now + milliseconds;
    for (;;) {
      this.timers.sort(([one], [other]) => one - other);
      if (!this.timers.length || this.timers[0][0] > end) break;
      const [at, act] = this.timers.shift();
      this.now = Math.max(at, this.now);
      act();
    }
    this.now = end;
    return this;
  }

  /** Await what is being hashed, which the page's clock does not tell. */
  async hashed() {
    await Promise.all(this.hashes);
    await undefined;
    return this;
  }

  emit(type, event = {}) {
    this.listeners.filter(([each]) => each === type).forEach(([, act]) => act({ type, ...event }));
    return this;
  }

  /** The page goes into the background, or another follows it. */
  leave() {
    this.hidden = true;
    return this.emit("visibilitychange");
  }

  /** The browser has kept the page, and shows it again. */
  comeBack() {
    this.hidden = false;
    return this.emit("visibilitychange").emit("pageshow", { persisted: true });
  }

  go(url, how = "pushState") {
    this.window.history[how]({}, "", url);
    return this.wait(GATHERED);
  }

  /** Push as a page's own script does, to the list that is there. */
  push(name, ...entries) {
    this.window[name] = this.window[name] || [];
    return this.window[name].push(...entries);
  }

  gtag(...args) {
    // The arguments object of a function, as Google's snippet pushes it.
    return this.push("dataLayer", (function () { return arguments; })(...args));
  }

  /** All events that were sent. */
  get events() {
    return this.hits.flatMap(({ events }) => events);
  }

  get names() {
    return this.events.map(({ name }) => name);
  }

  count(name) {
    return this.names.filter((each) => each === name).length;
  }
}

export const vectors = (name) =>
  JSON.parse(readFileSync(new URL(`../vectors/${name}`, import.meta.url), "utf8"));
