/** The page's path, and of its query the pairs that `unwanted` does not match, each behind an ampersand. */
const page = (/** @type {RegExp} */ unwanted) =>
  location.pathname + location.search.replace("?", "&").replace(unwanted, "");

/** What tells this page from another: its path, and its query without marks of campaigns and clicks. */
export const identity = () => page(/&(utm_|\w+clid=)[^&]*/g);

/** The page's address as it is sent: no query but those marks, no fragment, no user. */
export const pageUrl = () =>
  (location.origin + page(/&(?!utm_|\w+clid=)[^&]*/g).replace("&", "?")).slice(0, 500);

/** The origin of the page that led here; the server takes no other than a web site's, and not the shop's own. */
export const referrer = document.referrer.split("/", 3).join("/");
