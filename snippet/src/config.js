/** The tenant's configuration. The identifier stands here alone, since the server replaces its text. */
export const [
  tenant,
  collect,
  events,
  initialConsent,
  takesCheckoutEmail,
  productRoute,
  checkoutRoute,
] = ONEPIXEL_CONFIG;
