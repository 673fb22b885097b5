// The Event Log and the Overview poll: every five seconds while the page is visible, slower while polls fail.

const PAUSES_MS = [5_000, 10_000, 30_000];
const AGES_MS = 30_000;
const UNITS = [["d", 86_400], ["h", 3_600], ["min", 60]];

let failures = 0;
let freshAt = Date.now();
let isPaused = false;
let timer = 0;
let known = null;
let places = [];
let seat = null;

const part = () => document.querySelector("[data-live]");
const top = (row) => row.getBoundingClientRect().top;
const isLive = (element) => element.hasAttribute("data-live");
const keys = () => new Set([...document.querySelectorAll("tbody.event")].map((row) => row.id));

function look() {
  if (part() && !document.hidden) {
    htmx.trigger(part(), "live");
  }
}

function ask() {
  if (!isPaused) {
    look();
  }
  wait();
}

function wait() {
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)]);
}

function tell() {
  const bar = document.getElementById("live");
  const state = document.getElementById("live-state");
  if (!state) {
    return;
  }
  const zone = bar.dataset.zone || undefined;
  const time = new Date(freshAt).toLocaleTimeString([], { timeZone: zone, timeZoneName: "short" });
  bar.classList.toggle("is-stale", failures > 0);
  if (isPaused) {
    state.textContent = `Paused. As of ${time}`;
  } else {
    state.textContent = failures ? `Stale since ${time}. We keep trying.` : "Live, every 5 seconds";
  }
  const pause = document.getElementById("live-pause");
  pause.setAttribute("aria-pressed", String(isPaused));
  pause.textContent = isPaused ? "Resume" : "Pause";
}

function tellAges() {
  for (const time of document.querySelectorAll("time[data-age]")) {
    const seconds = Math.max(0, Math.floor((Date.now() - new Date(time.dateTime)) / 1000));
    const unit = UNITS.find(([, length]) => seconds >= length);
    time.textContent = unit ? `${Math.floor(seconds / unit[1])} ${unit[0]} ago` : "just now";
  }
}

// The table itself is no live region, or a screen reader would read all of it. #news tells it how many are new.
function tellNews() {
  const now = keys();
  const fresh = known ? [...now].filter((key) => !known.has(key)).length : 0;
  const news = document.getElementById("news");
  if (fresh && news) {
    news.textContent = fresh === 1 ? "1 new event" : `${fresh} new events`;
  }
  known = now;
}

// New rows push the others down; on a scrolled page the visible rows keep their place. Not all browsers do this by
// themselves (scroll anchoring), and none inside a table that scrolls sideways.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  // A poll of the previous view is of no use in the next one.
  if (part() && detail.target.id === "view") {
    htmx.trigger(part(), "htmx:abort");
  }
  const isNews = isLive(detail.requestConfig.elt);
  seat = isNews && document.activeElement.closest("tbody.event")?.id;
  const rows = scrollY && isNews ? document.querySelectorAll("tbody.event") : [];
  places = [...rows].map((row) => [row, top(row)]).filter(([, place]) => place >= 0);
});

document.addEventListener("htmx:afterSwap", () => {
  const [row, place] = places.find(([each]) => each.isConnected) ?? [];
  places = [];
  if (row) {
    scrollBy({ top: top(row) - place, behavior: "instant" });
  }
  // The swap may remove the focused button; then its row's opener takes the focus.
  if (seat && document.activeElement === document.body) {
    document.querySelector(`#${seat} .opener`)?.focus({ preventScroll: true });
  }
});

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (isLive(detail.elt)) {
    known = keys();
  }
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!isLive(detail.elt)) {
    return;
  }
  failures = detail.successful ? 0 : failures + 1;
  if (detail.successful) {
    freshAt = Date.now();
  }
  tell();
  wait();
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (isLive(detail.requestConfig.elt)) {
    tellNews();
  } else if (detail.target.id === "view") {
    failures = 0;
    freshAt = Date.now();
    wait();
  }
  tell();
  tellAges();
});

// The result of a user's own action is shown even while the page is paused.
document.addEventListener("htmx:afterSettle", ({ detail: { target, requestConfig } }) => {
  const isWork = requestConfig.verb === "post" || target.id === "job-progress";
  if (isWork && target.closest("#activity") && !document.querySelector("progress")) {
    look();
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-pause]")) {
    isPaused = !isPaused;
    tell();
    ask();
  }
});

// The server keeps only a few open rows on the page, so the focused one is sent first.
document.addEventListener("htmx:configRequest", ({ detail: { elt, formData } }) => {
  if (isLive(elt)) {
    const focused = document.activeElement.closest("tbody.event")?.id.replace("event-", "");
    const open = formData.getAll("open").sort((one, other) => (other === focused) - (one === focused));
    formData.delete("open");
    open.forEach((key) => formData.append("open", key));
  }
});

document.addEventListener("visibilitychange", () => document.hidden || ask());
setInterval(tellAges, AGES_MS);
document.addEventListener("DOMContentLoaded", wait);
