import assert from "node:assert/strict";
import { test } from "node:test";
import { GATHERED, Page } from "./browser.mjs";

const PINOT = { outerHTML: '{"@type": "Product", "sku": "PN-19", "offers": [{"price": "38.00", "priceCurrency": "USD"}]}' };

test("the first page is one PageView with a clean address", () => {
  const page = new Page({ url: "https://u:p@www.estate.com/wines?utm_source=fb&email=a@b.co&fbclid=AbC&token=1#top", referrer: "https://l.facebook.com/x?y" }).run();
  const [{ id, at, ...event }] = page.events;
  assert.deepEqual(event, { name: "PageView", url: "https://www.estate.com/wines?utm_source=fb&fbclid=AbC", referrer: "https://l.facebook.com" });
  assert.match(id, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  assert.equal(at, 1_700_000_000_000);
  assert.equal(page.collected, "https://service.example/collect");
  assert.equal(page.hits.length, 1);
});

test("of the page before only the origin is told", () => {
  for (const [referrer, origin] of [["https://www.estate.com/club?a=b#c", "https://www.estate.com"], ["", ""]]) {
    assert.equal(new Page({ referrer }).run().events[0].referrer, origin);
  }
});

test("hits go as beacons, and by fetch where there are none or they are refused", () => {
  assert.equal(new Page().run().fetched, 0);
  for (const beacons of [() => false, () => { throw new Error("theirs"); }, null]) {
    const page = new Page({ beacons });
    if (!beacons) page.window.navigator.sendBeacon = undefined;
    page.run();
    assert.deepEqual([page.fetched, page.names], [1, ["PageView"]]);
  }
});

test("routes are page views, and what leaves the page the same is none", () => {
  const page = new Page({ url: "https://www.estate.com/club?utm_id=3" }).run();
  page.go("/club", "replaceState").go("/club#a").go("/club?fbclid=x");
  assert.equal(page.count("PageView"), 1);
  page.go("/about").go("/about?page=2", "replaceState");
  assert.equal(page.count("PageView"), 3);
  page.address = new URL("https://www.estate.com/club");
  page.emit("popstate").wait(GATHERED);
  assert.equal(page.count("PageView"), 4);
});

test("a route that leads to another at once is one page view", () => {
  const page = new Page().run();
  page.window.history.pushState({}, "", "/old");
  page.window.history.replaceState({}, "", "/new");
  page.wait(GATHERED);
  assert.deepEqual(page.events.map(({ url }) => url), ["https://www.estate.com/", "https://www.estate.com/new"]);
});

test("a page in the background or rendered ahead counts once it is shown", () => {
  const page = new Page({ hidden: true }).run(5000);
  page.leave();
  assert.deepEqual(page.hits, []);
  page.hidden = false;
  page.emit("visibilitychange").emit("visibilitychange").wait(GATHERED);
  assert.deepEqual(page.names, ["PageView"]);
});

test("a page that the browser kept counts again, its checkout does not", () => {
  const page = new Page({ url: "https://www.estate.com/checkout" }).run();
  page.emit("pageshow");
  page.leave().comeBack().wait(GATHERED);
  assert.deepEqual(page.names, ["PageView", "InitiateCheckout", "PageView"]);
});

test("leaving sends at once", () => {
  const page = new Page({ url: "https://www.estate.com/product/x" }).run(0);
  page.leave();
  assert.deepEqual(page.names, ["PageView", "ViewContent"]);
});

test("a page that goes into the background sends at once", () => {
  const page = new Page().run(0);
  page.hidden = true;
  page.emit("visibilitychange");
  assert.deepEqual(page.names, ["PageView"]);
});

test("only one slug under the product route is a product", () => {
  for (const path of ["/product", "/product/a/b", "/products/a", "/x/product/a"]) {
    assert.equal(new Page({ url: `https://www.estate.com${path}` }).run(3000).count("ViewContent"), 0, path);
  }
});

test("a product view carries what JSON-LD tells", () => {
  const page = new Page({ url: "https://www.estate.com/product/pinot" });
  page.scripts = [PINOT];
  page.run();
  assert.deepEqual(page.hits.length, 1);
  assert.deepEqual(page.events[1].products, [{ id: "PN-19", price: 38 }]);
});

test("a product view that is left at once carries what its own markup told", () => {
  const page = new Page({ url: "https://www.estate.com/product/pinot" });
  page.scripts = [PINOT];
  page.run(100).go("/club");
  assert.deepEqual(page.names, ["PageView", "ViewContent", "PageView"]);
  assert.deepEqual(page.events[1].products, [{ id: "PN-19", price: 38 }]);
});

test("a product view carries what a marked element tells", () => {
  const page = new Page({ url: "https://www.estate.com/product/pinot" });
  page.scripts = [{ outerHTML: '<div class="card" data-sku="PN-19" data-price="38.00">A "sku": 7</div>' }];
  page.run();
  assert.deepEqual(page.events[1].products, [{ id: "PN-19", price: 38 }]);
});

test("a product's page is one with a slash at its end, too", () => {
  const page = new Page({ url: "https://www.estate.com/product/pinot/" }).run(3000);
  assert.deepEqual(page.names, ["PageView", "ViewContent"]);
});

test("JSON-LD of the page before is not the new page's", () => {
  const page = new Page({ url: "https://www.estate.com/product/pinot" });
  page.scripts = [PINOT];
  page.run().go("/product/merlot").wait(600);
  assert.equal(page.count("ViewContent"), 1);
  page.scripts = [{ outerHTML: '{"@graph":[{"@type":["Product"],"sku":7,"offers":{"price":20}}]}' }];
  page.wait(GATHERED);
  assert.deepEqual(page.events.at(-1).products, [{ id: "7", price: 20 }]);
});

test("a product view waits for its product, then goes without, once", () => {
  const page = new Page({ url: "https://www.estate.com/product/pinot" }).run(1900);
  assert.deepEqual(page.hits, []);
  page.wait(600);
  assert.deepEqual(page.names, ["PageView", "ViewContent"]);
  page.push("dataLayer", { event: "view_item", ecommerce: { items: [{ item_id: "PN-19" }] } });
  page.wait(5000);
  assert.equal(page.count("ViewContent"), 1);
});

test("GA4 tells of the product before or after the route", () => {
  const told = { event: "view_item", ecommerce: { currency: "USD", value: 38, items: [{ item_id: "PN-19", price: "38.00" }] } };
  const page = new Page().run();
  page.push("dataLayer", told);
  page.go("/product/pinot");
  page.go("/product/merlot");
  page.push("dataLayer", { ...told, ecommerce: { items: [{ item_id: "ME-20" }] } });
  page.wait(3000);
  assert.deepEqual(page.events.filter(({ name }) => name === "ViewContent").map(({ products }) => products[0].id), ["PN-19", "ME-20"]);
});

test("a checkout that is loaded again was begun before", () => {
  const again = new Page({ url: "https://www.estate.com/checkout", arrival: 1 }).run();
  assert.deepEqual(again.names, ["PageView"]);
  const page = new Page().run().go("/checkout").go("/checkout/payment").go("/cart").go("/checkout");
  assert.equal(page.count("InitiateCheckout"), 2);
});
