/*
 * What a theme's head does before anything else: the tags that it has chosen. A classic script, as
 * in real themes; the shop itself is in commerce7.js.
 */
const facts = JSON.parse(document.getElementById("facts").textContent);
const has = (option) => facts.options.includes(option);

window.onepixel = window.onepixel || [];
/*
 * The snippet finds a cart's id in requests to Commerce7's own host. This sandbox's API has another
 * one, which a snippet must not take for Commerce7's, so here the theme names the cart, as any may.
 */
const tellCart = (id) => onepixel.push(["cart", id]);
if (facts.customer) onepixel.push(["identify", facts.customer]);

if (has("ga4")) {
  window.dataLayer = window.dataLayer || [];
  window.gtag = function gtag() {
    dataLayer.push(arguments);
  };
}

if (has("pixel")) {
  // As Meta's base code does it, which the snippet follows. Meta's script itself comes with the page's load, as a tag
  // manager brings it, so after the snippet: what it has sent before us has no id that we could give it.
  const fbq = (...args) => (fbq.callMethod ? fbq.callMethod.apply(fbq, args) : fbq.queue.push(args));
  fbq.queue = [];
  window.fbq = fbq;
  const script = document.createElement("script");
  Object.assign(script, { async: true, src: facts.pixel.script });
  addEventListener("load", () => document.head.append(script));
}

/* The shopper's choice, told to every tag that there is. */
const tellChoice = (choice, isDefault) => {
  const state = choice ? "granted" : "denied";
  if (has("pixel")) fbq("consent", choice ? "grant" : "revoke");
  if (has("ga4")) {
    gtag("consent", isDefault ? "default" : "update", { ad_storage: state, ad_user_data: state });
  } else if (!isDefault) {
    onepixel.push(["consent", choice]);
  }
};

if (has("banner")) {
  const choice = localStorage.getItem("choice");
  tellChoice(false, true);
  if (choice) tellChoice(choice === "yes", false);
}
if (has("pixel")) fbq("init", facts.pixel.id);

const GA4 = {
  ViewContent: "view_item",
  AddToCart: "add_to_cart",
  InitiateCheckout: "begin_checkout",
  Purchase: "purchase",
};

/* Tell the theme's own tags of an action: `lines` have a sku, a price and a quantity. */
const tellTags = (name, { lines = [], value, order } = {}) => {
  const { currency } = facts;
  if (has("ga4") && GA4[name]) {
    const items = lines.map(({ sku, price, quantity }) => ({ item_id: sku, price, quantity }));
    const ecommerce = { currency, value, items };
    if (order) ecommerce.transaction_id = String(order);
    dataLayer.push({ ecommerce: null });
    dataLayer.push({ event: GA4[name], ecommerce });
  }
  if (has("pixel")) {
    const content = { content_ids: lines.map(({ sku }) => sku), value, currency };
    fbq("track", name, ...(lines.length ? [content] : []));
  }
};

window.theme = { facts, tellCart, tellChoice, tellTags };
