/** What the server writes in place of `ONEPIXEL_CONFIG`: a list, since names would be there twice. */
type Config = [
  tenant: string,
  /** The address that hits are sent to. */
  collect: string,
  /** The events that are switched on. */
  events: string[],
  /** What is known of the shopper's consent at first: 1 where it is not asked for, else 0. */
  initialConsent: number,
  /** Whether the address in the checkout's form may be hashed and sent. */
  takesCheckoutEmail: boolean,
  /** The paths of the product pages and of the checkout, without a slash at the end. */
  productRoute: string,
  checkoutRoute: string,
];

declare const ONEPIXEL_CONFIG: Config;

/** A product as it is sent; `price` in the shop's currency, with decimals. */
interface Product {
  id: string;
  quantity: number;
  price?: number;
}

/** A storefront event as it is sent. Absent keys are left out of the JSON. */
interface StorefrontEvent {
  name: string;
  /** A version 4 UUID, the id under which the page's own pixel tells of it, or null if that told of it without one. */
  id: string | null;
  /** Unix time in milliseconds, by the shopper's clock. */
  at: number;
  url: string;
  referrer?: string;
  products?: Product[];
  value?: number;
  currency?: string;
}

interface Navigator {
  readonly globalPrivacyControl?: boolean;
}

interface Window {
  onepixel?: any;
  dataLayer?: any;
  c7action?: any;
  fbq?: any;
}
