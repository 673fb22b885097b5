// The session of this page is kept in memory only: in no cookie and in no address.

const RETRY_MS = 15_000;
const SAFETY_MS = 20_000;

const sessionMeta = document.querySelector("meta[name=session]");
const address = new URL(location.href);
const account = address.searchParams.get("account") ?? "";
address.searchParams.delete("account");
history.replaceState(null, "", address);
sessionMeta.remove();

let text = "";
let expiresAt = 0;
let timer = 0;
let renewal = null;
let hasEnded = false;
const worries = { session: "", poll: "", request: "" };

function keep(session, seconds) {
  text = session;
  expiresAt = Date.now() + seconds * 1000;
  clearTimeout(timer);
  timer = setTimeout(renew, (seconds * 1000 * 2) / 3);
}

// Concurrent calls share one renewal.
function renew() {
  renewal ??= ask().finally(() => {
    renewal = null;
  });
  return renewal;
}

async function ask() {
  const headers = { Authorization: `Bearer ${text}`, [sessionMeta.dataset.accountHeader]: account };
  let answer = null;
  try {
    answer = await fetch(sessionMeta.dataset.renew, { method: "POST", headers });
    if (answer.ok) {
      const { session, seconds } = await answer.json();
      keep(session, seconds);
      worry("session", "");
      return;
    }
  } catch {
    // No network, or an incomplete answer: both count as no answer.
    answer = null;
  }
  if (answer?.status === 401) {
    end();
    return;
  }
  worry(
    "session",
    "Commerce7 cannot be asked who you are just now. We keep trying; events are sent all the same.",
  );
  clearTimeout(timer);
  timer = setTimeout(renew, RETRY_MS);
}

function worry(about, sentence) {
  worries[about] = sentence;
  const notice = document.getElementById("notice");
  if (notice) {
    notice.textContent = [...new Set(Object.values(worries))].filter(Boolean).join(" ");
  }
}

function end() {
  if (hasEnded) {
    return;
  }
  hasEnded = true;
  clearTimeout(timer);
  const ended = document.getElementById("session-ended").content.cloneNode(true);
  document.querySelector("header").remove();
  document.querySelector("main").replaceChildren(ended);
}

// Before each request of htmx: never send a session that is about to run out, or already has
// because the machine slept.
document.addEventListener("htmx:confirm", (event) => {
  if (hasEnded || Date.now() < expiresAt - SAFETY_MS) {
    return;
  }
  event.preventDefault();
  renew().then(() => {
    if (!hasEnded && Date.now() < expiresAt) {
      event.detail.issueRequest(true);
    }
  });
});
document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers.Authorization = `Bearer ${text}`;
});
// The server answers a poll with htmx's "stop polling" (286), every other request with 401.
document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
  if ([286, 401].includes(detail.xhr.status)) {
    end();
  }
});
// The error of a user's request is shown until their next request; the error of a poll, until a request succeeds.
const asks = (element) => (element.matches("[data-live], #alerts, #job-progress") ? "poll" : "request");

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (asks(detail.elt) === "request") {
    worry("request", "");
  }
});
document.addEventListener("htmx:responseError", ({ detail }) => {
  const { status } = detail.xhr;
  if (status === 403) {
    worry(asks(detail.elt), "Your role in Commerce7 may look at this, but not change it.");
  } else if (status === 404) {
    worry(asks(detail.elt), "This is no longer there. Open the tab again to see what is.");
  } else {
    worry(asks(detail.elt), "1Pixel did not answer as it should. Nothing is lost; try again in a minute.");
  }
});
document.addEventListener("htmx:sendError", () => {
  worry("poll", "1Pixel cannot be reached. Check your connection, then try again.");
});
document.addEventListener("htmx:afterOnLoad", ({ detail }) => {
  if (detail.successful) {
    worry("poll", "");
  }
});

keep(sessionMeta.content, Number(sessionMeta.dataset.seconds));
