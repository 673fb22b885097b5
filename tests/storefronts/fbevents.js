// Stands in for Meta's script: takes over from the base code, does what waits in its queue, and records each call. It
// tells of each by an image, whose address names the event, and its id where there is one.
// Like Meta's, it complains where something has put itself in the place of `fbq`.
(() => {
  window.sent = [];
  if (fbq !== _fbq || fbq.push !== fbq || fbq.version !== "2.0") console.error("conflicting versions");
  fbq.callMethod = (...call) => {
    const [name, , options] = call.slice(call[0] === "trackSingle" ? 2 : 1);
    if (!/^track/.test(call[0])) return;
    const id = options && options.eventID;
    sent.push([name, id]);
    new Image().src = `/tr/?id=1&ev=${name}&ts=${Date.now()}${id ? `&eid=${id}` : ""}`;
  };
  while (fbq.queue.length) fbq.callMethod.apply(fbq, fbq.queue.shift());
})();
