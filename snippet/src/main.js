// These first: so the modules lie in the order that gzip takes the fewest bytes for.
import "./products.js";
import "./email.js";
import { listen } from "./sources.js";
import { takesCheckoutEmail } from "./config.js";
import { identify } from "./email.js";
import { before, guard } from "./guard.js";
import { changePage, flush, inCheckout, showPage } from "./report.js";

guard(() => {
  ["pushState", "replaceState"].map((name) => before(history, name, changePage));
  ["popstate", "submit", "pageshow", "visibilitychange"].map((type) =>
    addEventListener(
      type,
      guard(({ target, persisted }) => {
        if (type === "submit") {
          if (takesCheckoutEmail && inCheckout)
            identify(target.querySelector("[type=email]").value);
        } else if (type === "popstate") changePage();
        else if (document.hidden) flush(type);
        else showPage(persisted);
      }),
      true, // before the page can stop them
    ),
  );
  showPage();
  listen();
})();
