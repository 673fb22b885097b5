import { initialConsent } from "./config.js";
import { schedule } from "./report.js";

/** Above 0: events are sent. 0: nothing is stored or sent yet. Below 0: the shopper refused. */
export let consent = initialConsent;

// Whether the defaults of Consent Mode count no more.
/** @type {unknown} */
let isSettled = consent;
/** @type {any} */
let states = {};

/**
 * Read a choice, or one call of Google's Consent Mode. A default that denies is no refusal: it holds events back until
 * the shopper chooses, and one for some regions alone does so, too, since the region is not known here.
 * @param {any} kind a boolean, or `default` or `update` of Consent Mode
 * @param {any} told
 */
export const readConsent = (kind, told) => {
  /** @type {any} */
  const isDefault = kind === "default";
  if (isSettled && isDefault) return;
  if (kind !== !!kind) {
    // A text: a call of Consent Mode.
    if (!told.ad_storage && !told.ad_user_data) return;
    states = { ...states, ...told };
    kind = !/denied/.test(states.ad_storage + states.ad_user_data);
  }
  consent = kind ? 1 : isDefault - 1;
  isSettled = !isDefault || !kind;
  schedule();
};
