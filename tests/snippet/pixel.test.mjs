import assert from "node:assert/strict";
import { test } from "node:test";
import { CART, GATHERED, Page } from "./browser.mjs";

/** Meta's base code, as pages paste it. */
function install({ window: f }) {
  if (f.fbq) return;
  const n = (f.fbq = function () {
    n.callMethod ? n.callMethod.apply(n, arguments) : n.queue.push(arguments);
  });
  if (!f._fbq) f._fbq = n;
  n.push = n;
  n.loaded = true;
  n.version = "2.0";
  n.queue = [];
}

/** Meta's script: it takes over, and does what was asked for before. */
function load(page) {
  const { fbq } = page.window;
  page.calls = [];
  fbq.callMethod = (...call) => page.calls.push(call);
  for (const call of fbq.queue.splice(0)) fbq.callMethod.apply(fbq, call);
}

const fbq = (page, ...call) => page.window.fbq(...call);
const PRODUCT = { content_ids: ["PN-19"], value: 38, currency: "USD" };
const shop = () => new Page({ url: "https://www.estate.com/product/pinot" });
const tell = (page, rest = {}) => {
  fbq(page, "track", "PageView", {}, rest.PageView);
  fbq(page, "track", "ViewContent", PRODUCT, rest.ViewContent);
  fbq(page, "track", "AddToCart", PRODUCT, rest.AddToCart);
};
const ids = (events) => Object.fromEntries(events.map(({ name, id }) => [name, id]));
const pixelIds = (page) => Object.fromEntries(page.calls.map(([, name, , options]) => [name, options?.eventID]));

const ORDERS = {
  "the snippet first": [(page) => page.run(0), install, tell, load],
  "the base code first": [install, tell, (page) => page.run(0), load],
  "Meta's script between": [install, (page) => page.run(0), load, tell],
  "Meta's script long after": [install, tell, (page) => page.run(0), (page) => page.wait(5000), load],
};
for (const [order, steps] of Object.entries(ORDERS)) {
  test(`the shop's pixel and we tell of an action under one id: ${order}`, () => {
    const page = shop();
    for (const step of steps) step(page);
    page.wait(3000);
    assert.deepEqual(page.names.toSorted(), ["AddToCart", "PageView", "ViewContent"]);
    assert.deepEqual(pixelIds(page), ids(page.events));
    for (const { name, products } of page.events) {
      if (name !== "PageView") assert.deepEqual(products, [{ id: "PN-19" }]);
    }
  });

  test(`we take the ids that the shop's pixel has: ${order}`, () => {
    const own = { PageView: { eventID: "pv.1" }, ViewContent: { eventID: "view_2" }, AddToCart: { eventID: "a-3", more: 1 } };
    const page = shop();
    for (const step of steps) step === tell ? tell(page, own) : step(page);
    page.wait(3000);
    assert.deepEqual(ids(page.events), { PageView: "pv.1", ViewContent: "view_2", AddToCart: "a-3" });
    assert.equal(JSON.stringify(page.calls.at(-1)), JSON.stringify(["track", "AddToCart", PRODUCT, own.AddToCart]));
  });
}

test("an id that comes after our event has left changes neither", () => {
  const page = new Page().run();
  install(page);
  load(page);
  fbq(page, "track", "PageView", {}, { eventID: "late" });
  fbq(page, "track", "PageView");
  page.wait(GATHERED);
  assert.equal(page.count("PageView"), 1);
  assert.deepEqual(page.calls.map(([, , , { eventID }]) => eventID), ["late", page.events[0].id]);
});

/** The address by which Meta's script tells Meta of an event. */
const request = (name, id) =>
  `https://www.facebook.com/tr/?id=12&ev=${name}&dl=https%3A%2F%2Fwww.estate.com%2F%3Fev%3DAddToCart&ts=17${id ? `&eid=${id}` : ""}`;

test("an event that Meta's script told before us without an id is left to it", () => {
  const page = shop();
  install(page);
  load(page);
  tell(page);
  page.run(0).observe(request("PageView"), request("ViewContent"), request("SubscribedButtonClick"), request("AddToCart"));
  page.push("dataLayer", { event: "view_item", ecommerce: { items: [{ item_id: "PN-19" }] } });
  page.wait(3000).go("/club");
  page.observe("https://www.estate.com/logo.png").wait(3000);
  // The server leaves out what has no id.
  assert.deepEqual(page.events.map(({ name, id }) => [name, !!id]), [["PageView", false], ["ViewContent", false], ["AddToCart", false], ["PageView", true]]);
});

test("an event that Meta's script told before us under an id is ours, too, under that id", () => {
  const page = shop().run(0).observe(request("PageView", "ob3_plugin-set_1"), request("PageView", "ob3_plugin-set_1"), request("Purchase", "1"));
  page.wait(3000);
  assert.deepEqual(page.names, ["PageView", "ViewContent"]);
  assert.equal(page.events[0].id, "ob3_plugin-set_1");
});

test("the requests of what we have given an id to change nothing", () => {
  const page = shop();
  install(page);
  load(page.run(0));
  tell(page);
  page.observe(...page.calls.map(([, name, , { eventID }]) => request(name, eventID))).wait(3000);
  page.observe(...page.calls.map(([, name, , { eventID }]) => request(name, eventID))).wait(3000);
  assert.deepEqual(page.names.toSorted(), ["AddToCart", "PageView", "ViewContent"]);
  assert.deepEqual(pixelIds(page), ids(page.events));
});

test("two pixels that tell of one add get one id, two adds are two", () => {
  const page = new Page().run();
  install(page);
  load(page);
  const add = () => ["1", "2"].map((pixel) => fbq(page, "trackSingle", pixel, "AddToCart", { contents: [{ id: 7, quantity: 2, item_price: 9 }] }));
  add();
  add();
  page.wait(GATHERED);
  const adds = page.events.filter(({ name }) => name === "AddToCart");
  assert.deepEqual(adds[0].products, [{ id: "7", quantity: 2 }]);
  assert.deepEqual(page.calls.map(([, , , , { eventID }]) => eventID), [adds[0].id, adds[0].id, adds[1].id, adds[1].id]);
});

test("a Purchase is never ours; without an id it gets the server's", () => {
  const page = new Page().run();
  install(page);
  load(page);
  fbq(page, "track", "Purchase", { value: 1 });
  page.push("onepixel", ["cart", CART]);
  fbq(page, "track", "Purchase", { value: 1 });
  assert.equal(page.wait(GATHERED).hits.at(-1).pixel, 1);
  fbq(page, "track", "Purchase", { value: 1 }, { eventID: "1042" });
  assert.equal(page.wait(GATHERED).hits.at(-1).pixel, 2);
  assert.deepEqual(page.calls.map(([, , , options]) => options?.eventID), [undefined, `c7-order-${CART}`, "1042"]);
  assert.deepEqual(page.names, ["PageView"]);
});

test("calls that are none of ours go on as they are", () => {
  const page = new Page({ config: { events: ["PageView"] } }).run();
  install(page);
  load(page);
  const calls = [["init", "1"], ["set", "autoConfig", false, "1"], ["trackCustom", "Tasting", { a: 1 }], ["track", "AddToCart", { a: 1 }], ["consent", "revoke"], []];
  for (const call of calls) fbq(page, ...call);
  assert.deepEqual(page.calls, calls);
  assert.equal(page.wait(GATHERED).hits.at(-1).pixel, 1);
});

test("fbq is the page's own, before and after, and none where there is none", () => {
  const page = new Page().run();
  assert.equal(page.window.fbq, undefined);
  assert.equal("pixel" in page.hits[0], false);
  install(page);
  const own = page.window.fbq;
  assert.deepEqual([own === page.window._fbq, own.push === own, own.loaded, own.version], [true, true, true, "2.0"]);
  install(page);
  assert.equal(page.window.fbq, own);
  assert.equal(own.callMethod, undefined);
});

test("while the page is in the background, its pixel tells of the view that comes", () => {
  const page = new Page({ hidden: true });
  install(page);
  tell(page);
  load(page.run(5000));
  assert.deepEqual(page.hits, []);
  page.hidden = false;
  page.emit("visibilitychange").wait(GATHERED);
  assert.equal(page.count("PageView"), 1);
  assert.equal(pixelIds(page).PageView, ids(page.events).PageView);
});

test("before a choice and after a no nothing is sent, also beside a pixel", () => {
  const page = new Page({ config: { consent: 0 } }).run();
  install(page);
  load(page);
  tell(page);
  page.wait(3000);
  page.push("onepixel", ["consent", false]);
  tell(page);
  assert.deepEqual(page.wait(GATHERED).hits, []);
});

test("a pixel that tells of a new route at once gets that page's id, and not the last one's", () => {
  const page = shop();
  install(page);
  page.run();
  load(page);
  fbq(page, "track", "PageView");
  for (const path of ["/product/merlot", "/club"]) {
    page.window.history.pushState({}, "", path);
    fbq(page, "track", "PageView");
    page.wait(400);
  }
  page.wait(3000);
  const views = page.events.filter(({ name }) => name === "PageView").map(({ id }) => id);
  assert.equal(new Set(views).size, 3);
  assert.deepEqual(page.calls.map(([, , , options]) => options.eventID), views);
});
