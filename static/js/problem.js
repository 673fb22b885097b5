// The account token leaves the address bar; a second try still needs it.
const opened = new URL(location.href);
const shown = new URL(location.href);
shown.searchParams.delete("account");
history.replaceState(null, "", shown);

document.querySelector("[data-retry]")?.addEventListener("click", () => location.replace(opened));
