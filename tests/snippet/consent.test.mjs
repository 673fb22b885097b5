import assert from "node:assert/strict";
import { test } from "node:test";
import { CART, GATHERED, Page } from "./browser.mjs";

const GRANTED = { ad_storage: "granted", ad_user_data: "granted" };
const DENIED = { ad_storage: "denied", ad_user_data: "denied" };
const REFUSAL = { tenant: "estate", cart: CART, refused: true, events: [] };
const required = (rest = {}) => new Page({ config: { consent: 0 }, ...rest });
const cart = (page) => page.push("onepixel", ["cart", CART]);
const isSilent = (page) => page.hits.length === 0 && page.jar.written.length === 0;

test("before a choice nothing is stored or sent, after a yes the current page is reported once", () => {
  const page = required({ url: "https://www.estate.com/?fbclid=AbC" }).run();
  cart(page);
  page.push("onepixel", ["track", "AddToCart", {}]);
  page.go("/product/pinot").leave().comeBack().wait(5000);
  assert.ok(isSilent(page));
  page.push("onepixel", ["track", "AddToCart", {}], ["consent", true], ["consent", true]);
  page.wait(5000);
  assert.deepEqual(page.names, ["PageView", "ViewContent"]);
  assert.match(page.hits[0].fbc, /AbC$/);
  assert.equal(page.hits[0].cart, CART);
});

test("after a no the cart is told once, whenever it is known", () => {
  const page = required().run();
  page.push("onepixel", ["consent", false]);
  assert.ok(isSilent(page.wait(3000)));
  cart(page);
  page.wait(GATHERED).go("/club").leave();
  assert.deepEqual(page.hits, [REFUSAL]);
  assert.deepEqual(page.jar.written, []);
});

test("Consent Mode decides: both kinds must be granted, where they are told", () => {
  for (const [calls, isGranted] of [
    [[["update", GRANTED]], true],
    [[["default", GRANTED]], true],
    [[["update", { ad_storage: "granted" }]], true],
    [[["update", { ad_storage: "granted", ad_user_data: "denied" }]], false],
    [[["default", DENIED], ["update", { ad_storage: "granted" }]], false],
    [[["default", DENIED], ["update", GRANTED]], true],
    [[["default", DENIED], ["default", GRANTED]], false],
    [[["default", { ...DENIED, region: ["DE"] }], ["default", GRANTED]], false],
    [[["default", GRANTED], ["default", { ...DENIED, region: ["DE"] }]], false],
    [[["update", { analytics_storage: "granted" }]], false],
    [[["update", GRANTED], ["default", DENIED]], true],
    [[["update", DENIED], ["default", GRANTED]], false],
  ]) {
    const page = required();
    page.gtag("consent", ...calls[0]);
    page.run(0);
    calls.slice(1).forEach((call) => page.gtag("consent", ...call));
    assert.equal(!isSilent(page.wait(3000)), isGranted, JSON.stringify(calls));
  }
});

test("a default that denies is no refusal, an update is", () => {
  const page = required();
  cart(page);
  page.gtag("consent", "default", DENIED);
  assert.ok(isSilent(page.run(3000)));
  page.gtag("consent", "update", DENIED);
  assert.deepEqual(page.wait(GATHERED).hits, [REFUSAL]);
});

test("where no consent is asked for, a refusal counts all the same, and a change of mind", () => {
  const page = new Page();
  page.gtag("consent", "default", DENIED);
  page.run();
  assert.deepEqual(page.names, ["PageView"]);
  page.push("onepixel", ["consent", false]);
  page.push("onepixel", ["track", "AddToCart", {}]);
  cart(page);
  page.go("/club");
  assert.deepEqual(page.hits.slice(1), [REFUSAL]);
  page.push("onepixel", ["consent", true]);
  page.wait(GATHERED);
  assert.deepEqual(page.names, ["PageView", "PageView"]);
  assert.equal(page.events[1].url, "https://www.estate.com/club");
});

test("a choice must be true or false", () => {
  const page = required();
  page.push("onepixel", ["consent", "yes"], ["consent", 1], ["consent"], ["consent", null]);
  assert.ok(isSilent(page.run(3000)));
});

test("Global Privacy Control: the cart alone, no events, no cookies", () => {
  const page = new Page({ gpc: true, url: "https://www.estate.com/?fbclid=AbC" }).run();
  page.push("onepixel", ["identify", { customerId: "c-1" }], ["track", "AddToCart", {}]);
  assert.ok(isSilent(page.wait(GATHERED)));
  cart(page);
  page.wait(GATHERED).go("/club").leave();
  assert.deepEqual(page.hits, [{ ...REFUSAL, gpc: true, refused: false }]);
  assert.deepEqual(page.jar.written, []);
});

test("Global Privacy Control tells nothing before a choice that is asked for", () => {
  const page = required({ gpc: true });
  cart(page);
  assert.ok(isSilent(page.run(3000)));
  page.push("onepixel", ["consent", false]);
  assert.deepEqual(page.wait(GATHERED).hits, [{ ...REFUSAL, gpc: true }]);
});
