import { readConsent } from "./consent.js";
import { identify } from "./email.js";
import { before, guard } from "./guard.js";
import { text } from "./products.js";
import { know, known, report } from "./report.js";

/**
 * Read an entry of `onepixel` or `dataLayer`: a command of ours, the arguments of `gtag`, or an object of GA4.
 * @param {any} entry
 */
const read = guard((entry) => {
  const { event, 0: kind = 0, 1: name = event, 2: data = entry.ecommerce || entry } = entry;
  if (kind === "identify") {
    know("customer", text(name.customerId));
    identify(name.email);
  }
  if (/^(cart|order)$/.test(kind)) know(kind, text(name));
  if (kind === "consent") readConsent(name, data);
  report(name, kind, data);
  // Universal Analytics names the action in a key; its events may have any name.
  for (const key in entry.ecommerce) report(key, kind, data[key]);
  know("order", text(data.transaction_id));
});

/**
 * Read a call of `fbq`, and give it the id of our event where it has none, so that Meta counts both once (Meta: handling
 * duplicate events). A Purchase gets the id that the server will use; one with an id of its own is told to the server.
 * @param {any} call its arguments, with the pixel's id after `trackSingle`
 */
const readCall = guard((call) => {
  const at = call[0] > "track" ? 2 : 1;
  /** @type {any[]} */
  const [name, data, options] = [].slice.call(call, at);
  let id = options?.eventID;
  if (name !== "Purchase") id = report(name, `fbq${call[at - 1]}`, data, id).id;
  else id = id ? know("pixel", 2) : known.cart && "c7-order-" + known.cart;
  if (id) /** @type {any} */ ([]).splice.call(call, at + 1, 2, data, { eventID: id, ...options });
});

/**
 * Return a function that has all entries of a list read, those there are and those to come; of a function, what it is
 * applied to, since that is how `fbq` calls `callMethod`.
 * @param {(entry: any) => void} tell
 * @returns {(target: any) => void}
 */
const follow = (tell) => (target) => {
  [].map.call(target, tell);
  ["push", "apply"].map((name) => before(target, name, (args) => args.map(tell)));
};

/**
 * Use what a property holds, also if the page sets it later or anew. There is no value where the page has set none.
 * @type {(owner: any, name: string, use: (value: any) => void) => void}
 */
const watch = guard((owner, name, use) => {
  /** @type {any} */
  let value;
  const set = (/** @type {any} */ next) => {
    if (value !== next) guard(use)((value = next));
  };
  set(owner[name]);
  Object.defineProperty(owner, name, { get: () => value, set, configurable: true });
});

/** Begin to listen. */
export const listen = () => {
  watch(window, "dataLayer", follow(read));
  watch(window, "onepixel", follow(read));
  watch(window, "c7action", (actions) =>
    ["reloadCart", "showSideCart"].map((name) =>
      // A click on the cart's icon opens the cart at once; after an add it opens when Commerce7 has answered.
      before(actions, name, () => (name > "s" && window.event) || report("add_to_cart", name)),
    ),
  );
  // `fbq` itself stays as it is, since Meta's script compares it with `_fbq`. It hands each call to one of these.
  watch(window, "fbq", (fbq) => {
    know("pixel", 1);
    ["queue", "callMethod"].map((name) => watch(fbq, name, follow(readCall)));
  });
  new PerformanceObserver((list) =>
    list.getEntries().map(
      guard(({ name }) => {
        know("cart", /commerce7.com\/v1\/cart\/([\w-]{36})/.exec(name)?.[1]);
        // The page's pixel has told Meta of an event (its address says so): ours takes the same id. Without one, ours is
        // not to be counted, too: the server leaves events without an id out.
        const query = new URLSearchParams(name);
        const id = query.get("eid");
        report(query.get("ev"), 0, 0, id).id = id;
      }),
    ),
  ).observe({ type: "resource", buffered: true });
};
