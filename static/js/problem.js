// The account token leaves the address bar; a second try still needs it.
const originalUrl = new URL(location.href);
const visibleUrl = new URL(location.href);
visibleUrl.searchParams.delete("account");
history.replaceState(null, "", visibleUrl);

document.querySelector("[data-retry]")?.addEventListener("click", () => location.replace(originalUrl));
