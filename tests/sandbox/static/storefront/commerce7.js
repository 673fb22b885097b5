/* The shop, as Commerce7's script makes it: one page, its routes, and `window.c7action`. */
import { addToCart, orderCart, readCart, removeFromCart } from "./cart.js";

const { facts, tellChoice, tellTags } = window.theme;
const { routes } = facts;
const main = document.getElementById("c7-content");
const sideCart = document.getElementById("side-cart");
const banner = document.getElementById("banner");
const shopName = document.title;

const money = (cents) =>
  new Intl.NumberFormat("en-US", { style: "currency", currency: facts.currency }).format(
    cents / 100,
  );
const inMajorUnits = ({ items, subTotal }) => ({
  lines: items.map((each) => ({ ...each, price: each.price / 100 })),
  value: subTotal / 100,
});

const line = (item, isOrdered) => {
  const row = document.createElement("li");
  const text = document.createElement("span");
  text.textContent = `${item.quantity} × ${item.productTitle}, ${money(item.price)}`;
  row.append(text);
  if (!isOrdered) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: "Remove" });
    button.setAttribute("aria-label", `Remove ${item.productTitle}`);
    button.onclick = async () => {
      await removeFromCart(item.sku);
      await showCart();
    };
    row.append(button);
  }
  return row;
};

/* Write a cart, or an order, into each place of the page that is meant for it. */
const writeCart = (place, cart) => {
  const fill = (mark, text) =>
    place.querySelectorAll(`[data-${mark}]`).forEach((each) => (each.textContent = text));
  fill("sub-total", money(cart.subTotal));
  fill("order-number", cart.orderNumber ?? "");
  fill("total", money(cart.total ?? 0));
  place.querySelectorAll("[data-if-filled]").forEach((each) => (each.hidden = !cart.items.length));
  for (const list of place.querySelectorAll("[data-lines]")) {
    list.replaceChildren(...cart.items.map((item) => line(item, cart.orderNumber)));
    if (!cart.items.length) list.textContent = "Nothing yet.";
  }
};

/* The cart as it was last read. */
let cart;

const showCart = async () => {
  cart = await readCart();
  const count = cart.items.reduce((sum, { quantity }) => sum + quantity, 0);
  document.getElementById("count").textContent = count;
  writeCart(sideCart, cart);
  if (!orderOnPage()) writeCart(main, cart);
};

const orderOnPage = () =>
  location.pathname === `${routes.checkout}/receipt` &&
  new URLSearchParams(location.search).get("order");

const pageName = (path) => {
  if (path === "/") return "home";
  if (path.startsWith(`${routes.product}/`)) return `product-${path.split("/").pop()}`;
  if (orderOnPage()) return "receipt";
  return ["collection", "cart", "checkout"].find((name) => path === routes[name]) ?? "missing";
};

/* Show the page of the address. */
const render = async () => {
  const template =
    document.getElementById(`page-${pageName(location.pathname)}`) ??
    document.getElementById("page-missing");
  main.replaceChildren(template.content.cloneNode(true));
  document.title = `${main.querySelector("h1").textContent} – ${shopName}`;
  sideCart.close();
  tellTags("PageView");
  const product = main.querySelector("[data-add]")?.dataset.add;
  if (product) tellTags("ViewContent", lineOf(product, 1));
  if (!cart) await showCart();
  if (template.id === "page-checkout" && cart.items.length) {
    tellTags("InitiateCheckout", inMajorUnits(cart));
  }
  await showCart();
  if (template.id === "page-receipt") await showOrder();
  main.dataset.page = template.id;
};

const lineOf = (sku, quantity) => {
  const { price } = facts.products[sku];
  return { lines: [{ sku, price, quantity }], value: price * quantity };
};

/* A receipt that is opened again is no new order. */
const showOrder = async () => {
  const order = await readCart(orderOnPage());
  writeCart(main, order);
  if (!history.state?.isNew) return;
  history.replaceState(null, "");
  const value = order.total / 100;
  tellTags("Purchase", { ...inMajorUnits(order), value, order: order.orderNumber });
};

const go = (address, state = null) => {
  history.pushState(state, "", address);
  scrollTo(0, 0);
  return render();
};

window.c7action = {
  reloadCart: showCart,
  showSideCart: () => sideCart.open || sideCart.showModal(),
};

const add = async (form) => {
  const sku = form.dataset.add;
  const quantity = Number(form.elements.quantity.value);
  await addToCart(sku, quantity);
  tellTags("AddToCart", lineOf(sku, quantity));
  await window.c7action.reloadCart();
  window.c7action.showSideCart();
};

const checkOut = async (form) => {
  const problem = form.querySelector("[data-problem]");
  problem.textContent = "";
  try {
    const order = await orderCart(Object.fromEntries(new FormData(form)));
    const query = new URLSearchParams(location.search);
    query.set("order", order.id);
    await go(`${routes.checkout}/receipt?${query}`, { isNew: true });
  } catch (error) {
    problem.textContent = error.message;
  }
};

addEventListener("submit", (event) => {
  const form = event.target;
  if (!("add" in form.dataset || "checkout" in form.dataset)) return;
  event.preventDefault();
  if ("add" in form.dataset) add(form);
  else checkOut(form);
});

addEventListener("click", (event) => {
  const link = event.target.closest("a");
  const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);
  if (!link || "loads" in link.dataset || !isPlain) return;
  event.preventDefault();
  go(link.href);
});

addEventListener("popstate", render);
document.getElementById("open-cart").onclick = () => window.c7action.showSideCart();
document.getElementById("close-cart").onclick = () => sideCart.close();
document.getElementById("newcomer").onclick = () => {
  localStorage.clear();
  for (const name of ["_fbp", "_fbc"]) {
    document.cookie = `${name}=;domain=${location.hostname};path=/;max-age=0`;
  }
  location.href = document.querySelector(".home").href;
};

if (banner) {
  banner.hidden = localStorage.getItem("choice") !== null;
  banner.onclick = ({ target: { value } }) => {
    if (!value) return;
    localStorage.setItem("choice", value);
    tellChoice(value === "yes", false);
    banner.hidden = true;
  };
}
render();
