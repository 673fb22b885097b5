import { identity, pageUrl, referrer } from "./address.js";
import { checkoutRoute, collect, events, productRoute, tenant } from "./config.js";
import { consent } from "./consent.js";
import { metaCookies } from "./cookies.js";
import { guard } from "./guard.js";
import { describe, inMarkup } from "./products.js";

/** @type {Record<string, string>} by the names of GA4 */
const NAMES = {
  begin_checkout: "InitiateCheckout",
  checkout: "InitiateCheckout",
  view_item: "ViewContent",
  add_to_cart: "AddToCart",
  add: "AddToCart",
  detail: "ViewContent",
};

/** @type {StorefrontEvent[]} */
let queue = [];
/** @type {[StorefrontEvent, any[]][]} events, with their views and sources */
let actions = [];
/** @type {Record<string, any>} */
export const known = {};
let view = 0;
/** @type {string} */
let current;
/** @type {any} a product view that may lack its product, else nothing but an empty list */
let bare = [];
/** @type {string | undefined} the product that the markup told of when the route changed */
let before;
/** @type {string} what was known when it was last sent */
let sent;
/**
 * Whether the page belongs to the checkout. One that is loaded again, or returned to, was begun before.
 * @type {any}
 */
export let inCheckout = performance.navigation.type % 255;

/** Send what is queued in a second. Until then the requests of the page's own pixel may tell what it did before us. */
export const schedule = () => setTimeout(guard(flush), 1e3);

/**
 * Keep an identifier of the shopper, their cart or order for all hits of this page.
 * @param {string} key `cart`, `order`, `email`, `customer`
 * @param {any} value
 */
export const know = (key, value) => {
  if (value) {
    known[key] = value;
    schedule();
  }
};

/**
 * Report the page that is shown, if it is another one than before. Pages in the background, or rendered ahead, count
 * once they are shown. Without consent only this page is kept.
 * @param {boolean} [isAnew] whether the browser kept the page and shows it again, which is another view
 */
export const showPage = (isAnew) => {
  if (document.hidden || (current === (current = identity()) && !isAnew)) return;
  /** @param {string} pattern */
  const isAt = (pattern) => RegExp(`^${pattern}/?(&|$)`).test(current);
  view++;
  if (consent < 1) {
    queue = [];
    actions = [];
  }
  report("PageView");
  bare = (isAt(`${productRoute}/[^/&]+`) && report("view_item")) || [];
  // Was it not, and is it now?
  if (inCheckout < (inCheckout = isAt(`${checkoutRoute}(/.*)?`))) report("begin_checkout");
};

/**
 * Complete a product view that lacks its product from the page's markup, if that is this page's.
 * @returns the product's id in the markup
 */
const complete = () => {
  const id = inMarkup("sku");
  // Without a currency the server takes the shop's.
  if (!bare.products && id !== before)
    describe(bare, { items: [{ id, price: inMarkup("price") }] });
  return id;
};

/**
 * The address has changed. One route may lead to another before the page is shown, and what the markup tells is of the
 * page before: a storefront renders the new one a moment later.
 */
export const changePage = () => {
  before = complete();
  setTimeout(guard(showPage));
};

/**
 * Report an action, unless another source has told of it (see ARCHITECTURE.md, "Once").
 * @param {any} name
 * @param {any} [source]
 * @param {any} [data] see `describe`
 * @param {any} [id] the one under which the source reports the action itself
 * @returns {any} the event, if it is switched on
 */
export const report = (name, source, data, id) => {
  if (source) showPage(); // the address may have changed just now
  name = NAMES[name] || name;
  const isAdd = name === "AddToCart";
  if (!events.includes(name) || (isAdd && consent < 1)) return;
  /** @type {any[]} */
  let [event, told] =
    actions.find(
      ([other, told]) =>
        other.name === name &&
        (told.includes(view) ||
          other.id === id ||
          (!told.includes(source) && Date.now() - other.at < 2e3)),
    ) || [];
  if (!event) {
    event = { name, id: crypto.randomUUID(), at: Date.now(), url: pageUrl(), referrer };
    actions.push([event, (told = [])]);
    queue.push(event);
  }
  schedule();
  // What is told before the page is shown is of its first view. An add is of none.
  told.push(isAdd || view || 1, source);
  if (queue.includes(event)) {
    event.id = id || event.id;
    if (!event.products) describe(event, data);
  }
  return event;
};

/**
 * Send what is queued, or what is news of the shopper. A product view without its product waits a little for it.
 * @param {string} [leaving] the type of the event by which the page is left
 */
export const flush = (leaving) => {
  if (!view || !consent) return;
  complete();
  if (!bare.products && !leaving && Date.now() - bare.at < 2e3) return schedule();
  const gpc = navigator.globalPrivacyControl;
  const isPrivate = gpc || consent < 0;
  const person = isPrivate
    ? { cart: known.cart, gpc, refused: consent < 0 }
    : { ...metaCookies(), ...known };
  const isNews = sent !== (sent = JSON.stringify(person));
  if (isPrivate ? known.cart && isNews : queue[0] || isNews) {
    // Text, not JSON, so that the browser asks no permission first. Three of the longest events fill a hit.
    const body = JSON.stringify({
      ...person,
      tenant,
      events: isPrivate ? [] : queue.splice(0, 3),
    });
    // `keepalive` lets it outlive the page. No cookies go with it, since our host is another site.
    guard(() => navigator.sendBeacon(collect, body))() ||
      fetch(collect, { method: "POST", body, keepalive: true }).catch(guard);
    flush(leaving);
  }
};
