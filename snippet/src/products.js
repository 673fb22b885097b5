import { guard } from "./guard.js";

/**
 * @param {any} value
 * @returns {number | undefined}
 */
const number = (value) => (value > 0 ? +value : undefined);

/**
 * @param {any} value
 * @returns {string | undefined} nothing if it is an object, empty, or longer than any id
 */
export const text = (value) => /^[^[].{0,39}$/.exec(value || "")?.[0];

/**
 * Put value, currency and products into an event, as far as a page tells them.
 * @param {StorefrontEvent} event
 * @param {any} data `value`, `currency`, and `items` of GA4, `products` of ours, or `contents` or `content_ids` of Meta
 */
export const describe = guard((event, data) => {
  event.currency = text(data.currency);
  event.value = number(data.value);
  const products = (data.items || data.products || data.contents || data.content_ids)
    .slice(0, 20)
    .map((/** @type {any} */ item) => ({
      id: text(item.item_id || item.id || item),
      quantity: number(item.quantity),
      price: number(item.price),
    }))
    .filter((/** @type {Product} */ each) => each.id);
  if (products[0]) event.products = products;
});

/**
 * Return what the page's JSON-LD (schema.org) first tells under this key. It is searched as text: the product may be at
 * any depth, and the rest of it need not be valid.
 * @param {string} key
 */
export const inMarkup = (key) =>
  RegExp(`${key}"?[:=]\\s*"?([^",}]+)`).exec(
    // A pattern takes the list for one text.
    /** @type {any} */ (
      [...document.querySelectorAll("[type*=ld],[data-sku]")].map((each) => each.outerHTML)
    ),
  )?.[1];
