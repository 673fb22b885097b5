import assert from "node:assert/strict";
import { test } from "node:test";
import { GATHERED, Page } from "./browser.mjs";

const ADD = { currency: "USD", value: 76, items: [{ item_id: "PN-19", quantity: 2, price: 38 }] };
const ga4 = (page) => page.push("dataLayer", { event: "add_to_cart", ecommerce: ADD });
const ours = (page) => page.push("onepixel", ["track", "AddToCart", { products: [{ id: "PN-19" }] }]);

function withCommerce7(page) {
  page.window.c7action = { reloadCart() { return "reloaded"; }, showSideCart() { return this; } };
  return page;
}

test("an add that every source tells of is one, in any order", () => {
  const sources = [ga4, ours, (page) => page.gtag("event", "add_to_cart", ADD), (page) => page.window.c7action.reloadCart(), (page) => page.window.c7action.showSideCart()];
  for (let shift = 0; shift < sources.length; shift++) {
    const page = withCommerce7(new Page()).run();
    [...sources.slice(shift), ...sources.slice(0, shift)].forEach((tell) => { tell(page); page.wait(20); });
    page.wait(3000);
    assert.equal(page.count("AddToCart"), 1, `${shift}`);
    assert.equal(page.events.find(({ name }) => name === "AddToCart").products[0].id, "PN-19");
  }
});

test("two real adds of the same product are two, one after the other or mixed", () => {
  for (const order of [[ga4, ours, ga4, ours], [ga4, ga4, ours, ours], [ours, ga4, ga4, ours], [ga4, ga4]]) {
    const page = new Page().run();
    order.forEach((tell) => { tell(page); page.wait(50); });
    assert.equal(page.wait(3000).count("AddToCart"), 2);
  }
});

test("sources that are far apart tell of two adds", () => {
  const page = new Page().run();
  ga4(page);
  page.wait(2500);
  ours(page);
  assert.equal(page.wait(GATHERED).count("AddToCart"), 2);
});

test("what was pushed before the snippet came is read once", () => {
  const page = new Page();
  ga4(page);
  ours(page);
  page.run(3000);
  const [{ id, at, url, ...told }, another] = page.events.filter(({ name }) => name === "AddToCart");
  assert.equal(another, undefined);
  assert.deepEqual(told, { name: "AddToCart", referrer: "", products: [{ id: "PN-19", quantity: 2, price: 38 }], value: 76, currency: "USD" });
});

test("Commerce7's functions work as before, also if they come later", () => {
  const page = new Page().run();
  assert.equal(page.window.c7action, undefined);
  const reloadCart = Object.assign(() => { throw new RangeError("theirs"); }, { mark: 1 });
  const actions = { reloadCart, showSideCart() { return [this, ...arguments]; } };
  page.window.c7action = actions;
  assert.equal(page.window.c7action, actions);
  assert.deepEqual(actions.showSideCart(1, 2), [actions, 1, 2]);
  assert.equal(actions.reloadCart.mark, 1);
  assert.throws(() => actions.reloadCart(), RangeError);
  assert.equal(page.wait(GATHERED).count("AddToCart"), 1);
});

test("a click that opens the cart is no add", () => {
  const page = withCommerce7(new Page()).run();
  page.window.event = { type: "click" };
  page.window.c7action.showSideCart();
  assert.equal(page.wait(GATHERED).count("AddToCart"), 0);
});

test("a checkout that the button, GA4 and the route tell of is one", () => {
  const page = new Page({ url: "https://www.estate.com/cart" }).run();
  page.push("dataLayer", { event: "begin_checkout", ecommerce: ADD });
  page.go("/checkout");
  page.push("onepixel", ["track", "InitiateCheckout", {}]);
  page.gtag("event", "begin_checkout", ADD);
  page.wait(3000);
  assert.equal(page.count("InitiateCheckout"), 1);
});

test("a list that the page makes anew is followed", () => {
  const page = new Page().run();
  page.window.dataLayer = [{ event: "add_to_cart", ecommerce: ADD }];
  page.window.dataLayer = page.window.dataLayer || [];
  assert.equal(page.push("dataLayer", { event: "other" }), 2);
  assert.equal(page.wait(GATHERED).count("AddToCart"), 1);
});

test("only what is switched on is sent, and never a Purchase", () => {
  const page = new Page({ config: { events: ["AddToCart"] } }).run();
  ga4(page);
  page.push("onepixel", ["track", "Purchase", { value: 1 }], ["track", "ViewContent", {}]);
  page.push("dataLayer", { event: "purchase", ecommerce: { transaction_id: "1042" } });
  page.wait(GATHERED);
  assert.deepEqual(page.names, ["AddToCart"]);
  assert.equal(page.hits.at(-1).order, "1042");
});

test("the shapes of Universal Analytics are read, under any name of the event", () => {
  const products = [{ id: "PN-19", price: "38", quantity: 2 }];
  const page = new Page().run();
  page.push("dataLayer", { event: "eec.detail", ecommerce: { currencyCode: "USD", detail: { products } } });
  page.push("dataLayer", { event: "addToCart", ecommerce: { add: { products } } });
  page.push("dataLayer", { ecommerce: { checkout: { actionField: { step: 1 }, products } } });
  page.push("dataLayer", { ecommerce: { checkout: { actionField: { step: 2 }, products } } });
  page.push("dataLayer", { ecommerce: { impressions: products, promoView: {}, remove: { products } } });
  page.push("dataLayer", { event: "form", detail: { products }, add: 1, checkout: true });
  page.wait(3000);
  assert.deepEqual(page.names.sort(), ["AddToCart", "InitiateCheckout", "PageView", "ViewContent"]);
  const expected = [{ id: "PN-19", quantity: 2, price: 38 }];
  page.events.filter(({ name }) => name !== "PageView").forEach((each) => assert.deepEqual(each.products, expected));
});
