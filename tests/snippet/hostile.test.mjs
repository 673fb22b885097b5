import assert from "node:assert/strict";
import { test } from "node:test";
import { Page } from "./browser.mjs";

const thrower = (name) => Object.defineProperty({}, name, { get() { throw new Error("theirs"); }, enumerable: true });
const cycle = {};
cycle.ecommerce = cycle;
cycle.items = [cycle];
const trap = new Proxy({}, { get() { throw new Error("theirs"); }, ownKeys() { throw new Error("theirs"); } });
const VALUES = [
  null, undefined, 0, "", "add_to_cart", NaN, 5n, Symbol("x"), () => {}, [], [[]], new Array(1e6), new Uint8Array(1e5),
  cycle, trap, thrower("event"), thrower("ecommerce"), Object.create(null), new Map(), Promise.reject,
  new Proxy([], { get: (_, name) => (name === "length" ? 2 ** 53 : cycle) }), { toString() { throw new Error("theirs"); } },
  { length: 1e9 }, "x".repeat(1e6), new Date(NaN), /x/, globalThis,
];

function entriesWith(value) {
  const data = [{ items: value, value, currency: value }, { items: [value, { item_id: value, price: value, quantity: value }] }];
  return [
    value,
    { event: value, ecommerce: value },
    { 0: value, 1: value, 2: value },
    ["event", value, value], ["consent", value, value], ["track", value, value], ["identify", value], ["cart", value],
    ["identify", { email: value, customerId: value }], ["consent", "update", value],
    ...data.flatMap((each) => [
      { event: "add_to_cart", ecommerce: each }, ["event", "view_item", each], ["track", "InitiateCheckout", each],
      { event: "purchase", ecommerce: { transaction_id: value, ...each } },
    ]),
  ];
}

test("for anything that a page pushes, nothing is thrown, nothing hangs and later events go", () => {
  for (const [index, value] of VALUES.entries()) {
    const page = new Page();
    const entries = entriesWith(value);
    page.push("dataLayer", ...entries);
    page.run();
    for (const entry of entries) {
      const length = page.push("dataLayer", entry);
      assert.equal(length, page.window.dataLayer.length);
      page.push("onepixel", entry);
    }
    page.wait(3000);
    page.push("onepixel", ["consent", true], ["track", "AddToCart", { items: [{ id: "last", price: 9 }] }]);
    page.wait(3000);
    const last = page.events.findLast(({ name, products }) => name === "AddToCart" && products?.[0].id === "last");
    assert.ok(last, `value ${index}`);
    for (const body of page.bodies) assert.ok(Buffer.byteLength(body) <= 8192);
  }
});

test("a list that is no list does no harm", () => {
  for (const list of [1, "x", {}, trap, Object.freeze([]), () => {}]) {
    const page = new Page();
    page.window.dataLayer = list;
    page.window.c7action = list;
    assert.deepEqual(page.run().names, ["PageView"]);
  }
});

test("beacons are small however many products and events there are", () => {
  const page = new Page({ url: `https://www.estate.com/?utm_term=${"x".repeat(3000)}` }).run();
  const items = Array.from({ length: 500 }, (_, index) => ({ item_id: `sku-${index}-${"x".repeat(30)}`, price: 123456.78, quantity: 12 }));
  for (let index = 0; index < 40; index++) page.push("dataLayer", { event: "add_to_cart", ecommerce: { items } });
  page.wait(3000);
  assert.equal(page.count("AddToCart"), 40);
  for (const body of page.bodies) assert.ok(Buffer.byteLength(body) <= 8192, `${body.length}`);
});

test("a browser without the newer interfaces reports all the same", () => {
  const page = new Page();
  delete page.window.PerformanceObserver;
  assert.deepEqual(page.run().names, ["PageView"]);
});
