import { guard } from "./guard.js";
import { know } from "./report.js";

/**
 * Keep the SHA-256 of an e-mail address in the form that Meta wants; the address itself goes no further than this.
 * Themes may print it hashed already. What counts as an address follows the
 * server (`service/domain/identity/email.py`), but it begins with a letter or digit, and more signs pass before the `@`.
 * Throws where the browser hashes nothing (pages without HTTPS).
 * @param {string} raw
 */
export const identify = (raw) => {
  const email = raw.trim().toLowerCase();
  if (/^[\da-f]{64}$/.test(email)) know("email", email);
  if (/^\b[!-?^-~]+@(\b[a-z\d-]+\b\.)+\b[a-z\d-]+\b$/.test(email))
    crypto.subtle.digest("SHA-256", new TextEncoder().encode(email)).then(
      (hash) =>
        know(
          "email",
          [...new Uint8Array(hash)].map((byte) => (byte + 256).toString(16).slice(1)).join(""),
        ),
      guard, // as a handler it swallows the rejection
    );
};
