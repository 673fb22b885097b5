// The Event Log and the Overview poll: every five seconds while the page is visible, slower while polls fail. On the
// other tabs the alerts do.

const POLL_INTERVALS_MS = [5_000, 10_000, 30_000];
const AGE_INTERVAL_MS = 30_000;
const UNITS = [["d", 86_400], ["h", 3_600], ["min", 60]];

let failures = 0;
let lastSuccessAt = Date.now();
let isPaused = false;
let timer = 0;
let knownRowIds = null;
let positions = [];
let focusedRowId = null;
let isOutdated = false;

const liveTab = () => document.querySelector("[data-live]");
const liveElement = () => liveTab() ?? document.getElementById("alerts");
const topOf = (row) => row.getBoundingClientRect().top;
const isLive = (element) => element.hasAttribute("data-live") || (element.id === "alerts" && !liveTab());
const rowIds = () => new Set([...document.querySelectorAll("tbody.event")].map((row) => row.id));

function refresh() {
  if (liveElement() && !document.hidden) {
    htmx.trigger(liveElement(), "live");
  }
}

function poll() {
  if (!isPaused) {
    refresh();
  }
  schedulePoll();
}

function schedulePoll() {
  clearTimeout(timer);
  timer = setTimeout(poll, POLL_INTERVALS_MS[Math.min(failures, POLL_INTERVALS_MS.length - 1)]);
}

function showStatus() {
  const bar = document.getElementById("live");
  const state = document.getElementById("live-state");
  if (!state) {
    return;
  }
  const zone = bar.dataset.zone || undefined;
  const time = new Date(lastSuccessAt).toLocaleTimeString([], { timeZone: zone, timeZoneName: "short" });
  bar.classList.toggle("is-stale", failures > 0);
  if (isPaused) {
    state.textContent = `Paused. As of ${time}`;
  } else {
    state.textContent = failures ? `Connection lost at ${time}; reconnecting …` : state.dataset.words;
  }
  const pause = document.getElementById("live-pause");
  pause.toggleAttribute("data-is-paused", isPaused);
  pause.textContent = isPaused ? "Resume updates" : "Pause updates";
}

function updateAges() {
  for (const time of document.querySelectorAll("time[data-age]")) {
    const seconds = Math.max(0, Math.floor((Date.now() - new Date(time.dateTime)) / 1000));
    const unit = UNITS.find(([, length]) => seconds >= length);
    time.textContent = unit ? `${Math.floor(seconds / unit[1])} ${unit[0]} ago` : "just now";
  }
}

// The table itself is no live region, or a screen reader would read all of it. #news tells it how many are new.
function announceNewRows() {
  const ids = rowIds();
  const count = knownRowIds ? [...ids].filter((id) => !knownRowIds.has(id)).length : 0;
  const announcement = document.getElementById("news");
  if (count && announcement) {
    announcement.textContent = count === 1 ? "1 new event" : `${count} new events`;
  }
  knownRowIds = ids;
}

// New rows push the others down; on a scrolled page the visible rows keep their place. Not all browsers do this by
// themselves (scroll anchoring), and none inside a table that scrolls sideways.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  // A poll of the previous view is of no use in the next one.
  if (liveTab() && detail.target.id === "view") {
    htmx.trigger(liveTab(), "htmx:abort");
  }
  const isPoll = isLive(detail.requestConfig.elt);
  // An answer from before a row was opened or closed would undo that; the next one has the same news.
  if (isPoll && isOutdated) {
    detail.shouldSwap = false;
  }
  isOutdated ||= detail.target.matches("tbody.event");
  focusedRowId = isPoll && document.activeElement.closest("tbody.event")?.id;
  const rows = scrollY && isPoll ? document.querySelectorAll("tbody.event") : [];
  positions = [...rows].map((row) => [row, topOf(row)]).filter(([, position]) => position >= 0);
});

document.addEventListener("htmx:afterSwap", () => {
  const [row, position] = positions.find(([each]) => each.isConnected) ?? [];
  positions = [];
  if (row) {
    scrollBy({ top: topOf(row) - position, behavior: "instant" });
  }
  // The swap may remove the focused button; then its row's opener takes the focus.
  if (focusedRowId && document.activeElement === document.body) {
    document.querySelector(`#${focusedRowId} .opener`)?.focus({ preventScroll: true });
  }
});

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (isLive(detail.elt)) {
    isOutdated = false;
    knownRowIds = rowIds();
  }
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!isLive(detail.elt)) {
    return;
  }
  failures = detail.successful ? 0 : failures + 1;
  if (detail.successful) {
    lastSuccessAt = Date.now();
  }
  showStatus();
  schedulePoll();
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (isLive(detail.requestConfig.elt)) {
    announceNewRows();
  } else if (detail.target.id === "view") {
    failures = 0;
    lastSuccessAt = Date.now();
    schedulePoll();
  }
  showStatus();
  updateAges();
});

// The result of a user's own action is shown even while the page is paused.
document.addEventListener("htmx:afterSettle", ({ detail: { target, requestConfig } }) => {
  const isJobUpdate = requestConfig.verb === "post" || target.id === "job-progress";
  if (isJobUpdate && target.closest("#eventlog") && !document.querySelector("progress")) {
    refresh();
  }
});

document.addEventListener("click", ({ target }) => {
  if (target.closest?.("[data-pause]")) {
    isPaused = !isPaused;
    showStatus();
    poll();
  }
  // The whole row opens, but not where there is a control in it, or while its text is being selected.
  const row = target.closest?.("tbody.event > tr:not(.detail)");
  if (row && !target.closest("a, button") && getSelection().isCollapsed) {
    row.querySelector(".opener, .row-link")?.click();
  }
});

// The server keeps only a few open rows on the page, so the focused one is sent first.
document.addEventListener("htmx:configRequest", ({ detail: { elt, formData } }) => {
  if (isLive(elt)) {
    const focused = document.activeElement.closest("tbody.event")?.id.replace("event-", "");
    const open = formData.getAll("open").sort((a, b) => (b === focused) - (a === focused));
    formData.delete("open");
    open.forEach((key) => formData.append("open", key));
  }
});

document.addEventListener("visibilitychange", () => document.hidden || poll());
setInterval(updateAges, AGE_INTERVAL_MS);
document.addEventListener("DOMContentLoaded", schedulePoll);
