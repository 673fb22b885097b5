/* The shopper's cart, at the API, which is another origin. Its id is kept in the browser. */
const { facts, tellCart } = window.theme;
const KEY = "cart";

const cartId = () => {
  const id = localStorage.getItem(KEY) ?? crypto.randomUUID();
  localStorage.setItem(KEY, id);
  return id;
};

/* Call the API; throws an Error with its message if it refuses. */
const call = async (id, { path = "", method = "GET", body } = {}) => {
  const answer = await fetch(`${facts.api}/cart/${id}${path}`, {
    method,
    headers: { tenant: facts.tenant, ...(body && { "content-type": "application/json" }) },
    body: body && JSON.stringify(body),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.message);
  return told;
};

/* The cart, or with `id` one that was ordered. A shopper who has put nothing into it has none. */
export const readCart = async (id = localStorage.getItem(KEY)) => {
  if (!id) return { items: [], subTotal: 0 };
  const cart = await call(id);
  if (!cart.orderNumber && cart.items.length) tellCart(id);
  return cart;
};

const write = (items) => call(cartId(), { method: "PUT", body: { items } });

export const addToCart = async (sku, quantity) => {
  const { items } = await readCart();
  const before = items.find((each) => each.sku === sku)?.quantity ?? 0;
  const others = items.filter((each) => each.sku !== sku);
  const cart = await write([...others, { sku, quantity: before + quantity }]);
  tellCart(cart.id);
};

export const removeFromCart = async (sku) => {
  const { items } = await readCart();
  await write(items.filter((each) => each.sku !== sku));
};

/* Order the cart, and begin a new one. */
export const orderCart = async (shopper) => {
  const order = await call(cartId(), { path: "/checkout", method: "POST", body: shopper });
  localStorage.removeItem(KEY);
  return order;
};
