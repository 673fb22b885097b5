// The session of this page is kept in memory only: in no cookie and in no address.

import "./early.js";

const RETRY_MS = 15_000;
const SAFETY_MS = 20_000;

const sessionMeta = document.querySelector("meta[name=session]");
const url = new URL(location.href);
const account = url.searchParams.get("account") ?? "";
url.searchParams.delete("account");
history.replaceState(null, "", url);
sessionMeta.remove();

let session = "";
let expiresAt = 0;
let timer = 0;
let renewal = null;
let hasEnded = false;
const errors = { session: "", poll: "", request: "" };

function storeSession(value, seconds) {
  session = value;
  expiresAt = Date.now() + seconds * 1000;
  clearTimeout(timer);
  timer = setTimeout(renewSession, (seconds * 1000 * 2) / 3);
}

// Concurrent calls share one renewal.
function renewSession() {
  renewal ??= requestSession().finally(() => {
    renewal = null;
  });
  return renewal;
}

async function requestSession() {
  const headers = { Authorization: `Bearer ${session}`, [sessionMeta.dataset.accountHeader]: account };
  let response = null;
  try {
    response = await fetch(sessionMeta.dataset.renew, { method: "POST", headers });
    if (response.ok) {
      const body = await response.json();
      storeSession(body.session, body.seconds);
      showError("session", "");
      // The tab is loaded anew, since another role may do other things.
      if ("role" in body) {
        showError("role", `Your role in Commerce7 has changed${body.role && `: ${body.role}`}.`);
        document.querySelector("nav [aria-current]").click();
      }
      return;
    }
  } catch {
    // No network, or an incomplete answer: both count as no answer.
    response = null;
  }
  if (response?.status === 401) {
    endSession();
    return;
  }
  showError(
    "session",
    "Commerce7 cannot confirm your account at the moment. 1Pixel keeps trying. Events are still sent.",
  );
  clearTimeout(timer);
  timer = setTimeout(renewSession, RETRY_MS);
}

function showError(source, message) {
  errors[source] = message;
  const notice = document.getElementById("notice");
  if (notice) {
    notice.textContent = [...new Set(Object.values(errors))].filter(Boolean).join(" ");
  }
}

function endSession() {
  if (hasEnded) {
    return;
  }
  hasEnded = true;
  clearTimeout(timer);
  const notice = document.getElementById("session-ended").content.cloneNode(true);
  document.querySelector("header").remove();
  document.querySelector("main").replaceChildren(notice);
}

// Before each request of htmx: never send a session that is about to run out, or already has
// because the machine slept.
document.addEventListener("htmx:confirm", (event) => {
  if (hasEnded || Date.now() < expiresAt - SAFETY_MS) {
    return;
  }
  event.preventDefault();
  renewSession().then(() => {
    if (!hasEnded && Date.now() < expiresAt) {
      event.detail.issueRequest(true);
    }
  });
});
document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers.Authorization = `Bearer ${session}`;
});
// The server answers a poll with htmx's "stop polling" (286), every other request with 401.
document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
  if ([286, 401].includes(detail.xhr.status)) {
    endSession();
  }
});
// The error of a user's request is shown until their next request; the error of a poll, until a request succeeds.
const errorSourceOf = (element) => (element.matches("[data-live], #alerts, #health, #setup-card, #figures, #job-progress, #snippet-test") ? "poll" : "request");

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (errorSourceOf(detail.elt) === "request") {
    showError("request", "");
  }
});
document.addEventListener("htmx:responseError", ({ detail }) => {
  const messages = {
    403: "Your role in Commerce7 can view this, but not change it.",
    404: "This no longer exists. Open the tab again.",
  };
  const unexpected = "Something went wrong. No event is lost. Try again in a minute.";
  const { status } = detail.xhr;
  const busy = status === 503 && detail.elt.dataset.busy;
  showError(errorSourceOf(detail.elt), messages[status] ?? (busy || unexpected));
});
document.addEventListener("htmx:sendError", () => {
  showError("poll", "1Pixel cannot be reached. Check your connection, then try again.");
});
document.addEventListener("htmx:afterOnLoad", ({ detail }) => {
  if (detail.successful) {
    showError("poll", "");
  }
});

storeSession(sessionMeta.content, Number(sessionMeta.dataset.seconds));
