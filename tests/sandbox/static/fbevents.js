/* A stand-in for the script of Meta's pixel: takes init, track, trackCustom and consent, sets _fbp and _fbc. */
(() => {
  const { fbq } = window;
  const picture = new URL("../tr/", document.currentScript.src);
  const pixels = [];
  let held = null;

  const cookie = (name) => document.cookie.match(`(?:^|; )${name}=([^;]+)`)?.[1];
  const keep = (name, id) => {
    document.cookie =
      `${name}=fb.1.${Date.now()}.${id};domain=${location.hostname};path=/;max-age=7776000;samesite=lax`;
  };

  const setCookies = () => {
    const click = new URLSearchParams(location.search).get("fbclid");
    if (click && !cookie("_fbc")?.endsWith(`.${click}`)) keep("_fbc", click);
    if (!cookie("_fbp")) keep("_fbp", Math.floor(Math.random() * 2 ** 31));
  };

  const send = (name, options) => {
    setCookies();
    for (const id of pixels) {
      const told = {
        id,
        ev: name,
        eid: options?.eventID ?? "",
        dl: location.href,
        fbp: cookie("_fbp") ?? "",
        fbc: cookie("_fbc") ?? "",
      };
      new Image().src = `${picture}?${new URLSearchParams(told)}`;
    }
  };

  const call = (method, ...args) => {
    if (method === "consent") {
      const waiting = held ?? [];
      held = args[0] === "revoke" ? waiting : null;
      if (!held) waiting.forEach((each) => call(...each));
    } else if (method === "init") {
      pixels.push(args[0]);
    } else if (held) {
      held.push([method, ...args]);
    } else if (method === "track" || method === "trackCustom") {
      send(args[0], args[2]);
    }
  };

  fbq.callMethod = call;
  while (fbq.queue.length) fbq.callMethod.apply(fbq, fbq.queue.shift());
})();
