import assert from "node:assert/strict";
import { test } from "node:test";
import { CART, GATHERED, Page, vectors } from "./browser.mjs";

// An address that a theme printed escaped is not read: the server knows what it means, the snippet does not.
const emails = vectors("normalization.json").filter(({ key, input }) => key === "em" && !/&#/.test(input));

for (const { input, sha256 } of emails) {
  test(`the address ${JSON.stringify(input)} is hashed as the server hashes it`, async () => {
    const page = new Page();
    page.push("onepixel", ["identify", { email: input }]);
    page.run(0);
    await page.hashed();
    page.wait(GATHERED);
    assert.equal(page.hits[0].email ?? null, sha256);
    assert.equal(page.bodies.join().includes("@"), false);
  });
}

for (const { why, url, referrer, cookies, fbc, fbp } of vectors("click_ids.json")) {
  test(`Meta's cookies: ${why}`, () => {
    const page = new Page({ url, referrer, cookies }).run();
    const [hit] = page.hits;
    for (const [key, expected] of Object.entries({ fbc, fbp })) {
      if (expected === null) assert.equal(hit[key], undefined);
      else assert.match(hit[key], new RegExp(`^${expected}$`));
      assert.equal(page.jar.cookies.get(`_${key}`), hit[key] ?? cookies[`_${key}`]);
    }
  });
}

test("cookies have the attributes of Meta's own, and there is no other", () => {
  const page = new Page({ url: "https://shop.estate.co.uk/?fbclid=Ab_C-1" }).run();
  assert.deepEqual([...page.jar.cookies.keys()].sort(), ["_fbc", "_fbp"]);
  for (const text of page.jar.written) {
    assert.match(text, /^_fb[cp]=fb\.2\.1700000001000\.[\w-]+;path=\/;max-age=7776000;samesite=lax;domain=estate\.co\.uk$/);
  }
});

test("cookies that are there are not written again", () => {
  const cookies = { _fbp: "fb.1.1600000000000.123", _fbc: "fb.1.1600000000000.AbC.AQYCAQAA" };
  const page = new Page({ url: "https://www.estate.com/?fbclid=AbC", cookies }).run();
  assert.deepEqual(page.jar.written, []);
  assert.equal(page.hits[0].fbc, cookies._fbc);
});

test("the click is known although the page cleans its address", () => {
  const page = new Page({ url: "https://www.estate.com/?fbclid=AbC" }).run(0);
  page.go("/", "replaceState");
  assert.match(page.hits[0].fbc, /^fb\.1\.\d+\.AbC$/);
});

test("without a way to hash, nothing of the address is sent", async () => {
  const page = new Page({ canHash: false });
  page.push("onepixel", ["identify", { email: "jane@example.com", customerId: "c-1" }]);
  page.run(0);
  await page.hashed();
  assert.deepEqual(Object.keys(page.wait(GATHERED).hits[0]).sort(), ["customer", "events", "fbp", "tenant"]);
});

const submit = (page, value) =>
  page.emit("submit", { target: { querySelector: () => ({ value }) } });

test("the checkout's form tells the address where that is switched on, and only there", async () => {
  for (const [checkoutEmail, path, isTold] of [[true, "/checkout/guest", true], [true, "/club", false], [false, "/checkout", false]]) {
    const page = new Page({ url: `https://www.estate.com${path}`, config: { checkoutEmail } }).run();
    submit(page, "John_Smith@gmail.com");
    await page.hashed();
    page.leave();
    const told = page.hits.at(-1).email;
    assert.equal(told, isTold ? "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f" : undefined);
  }
});

test("the cart is known from Commerce7's own requests, and told if it is news", () => {
  const page = new Page().run();
  page.observe("https://api.commerce7.com/v1/product/x", `https://evil.example/v1/cart/${CART}`, `https://commerce7.com.evil.example/v1/cart/${CART}`);
  page.wait(GATHERED);
  assert.equal(page.hits.length, 1);
  page.observe(`https://api.commerce7.com/v1/cart/${CART}/item?x`);
  page.wait(GATHERED);
  assert.deepEqual([page.hits[1].cart, page.hits[1].events, page.hits[1].fbp], [CART, [], page.hits[0].fbp]);
  page.observe(`https://api.commerce7.com/v1/cart/${CART}`);
  assert.equal(page.wait(GATHERED).hits.length, 2);
});

test("a theme can tell cart and order", () => {
  const page = new Page().run();
  page.push("onepixel", ["cart", CART], ["order", 1042], ["order", { a: 1 }]);
  page.wait(GATHERED);
  assert.deepEqual([page.hits[1].cart, page.hits[1].order], [CART, "1042"]);
});
