/**
 * Read a cookie of Meta's. Its fifth part is a mark of Meta's own library.
 * @param {string} name
 * @returns {string[]} the cookie, its value and its id; empty if there is none that Meta would read
 */
const read = (name) =>
  RegExp(`\\b${name}=(fb\\.\\d+\\.\\d+\\.([\\w-]+)[^;]*)`).exec(document.cookie) || [];

/**
 * Set a cookie for ninety days on the shortest domain that the browser accepts: it refuses `com` and `co.uk`. The
 * second part of its value tells how many dots that domain has.
 * @param {string} name
 * @param {string | number} id
 * @returns {string | void} the value, or nothing if the browser keeps no cookie
 */
const make = (name, id) => {
  const labels = location.hostname.split(".");
  for (let dots = 0; labels[dots]; dots++) {
    const value = `fb.${dots}.${Date.now()}.${id}`;
    document.cookie =
      `${name}=${value};path=/;max-age=7776000;samesite=lax;domain=` +
      labels.slice(~dots).join(".");
    if (document.cookie.includes(value)) return value;
  }
};

/**
 * The id of the ad click that led here: in the address, else in that of the page before (in that order, Meta: Parameter
 * Builder). Its case is kept. It is read at once, since pages clean their addresses.
 */
const click = /[?&]fbclid=([\w-]+)/.exec(
  // A pattern takes the list for one text.
  /** @type {any} */ ([location.search, document.referrer]),
)?.[1];

/**
 * Read Meta's cookies, and make those that are missing (Meta: fbp and fbc parameters): `_fbc` is replaced only by
 * another click.
 */
export const metaCookies = () => {
  const [, fbc, id] = read("_fbc");
  return {
    fbp: read("_fbp")[1] || make("_fbp", (Math.random() * 2e9) | 0),
    fbc: click && click !== id ? make("_fbc", click) : fbc,
  };
};
