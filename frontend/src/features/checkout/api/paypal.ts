// PayPal's script, loaded once the payer has chosen PayPal and not before. The page says where it
// lies (PayPal's own address, or the stand-in's in the demo): there is no branch for it here.

import { queryOptions } from "@tanstack/react-query";
import { GatewayScriptMissing } from "@/features/checkout/api/gateway";
import { language } from "@/lib/i18n";

const PATIENCE_MS = 15_000;
const PAYPALS_OWN = "https://www.paypal.com/sdk/js";

type Approval = { orderID: string };

export type ButtonOptions = {
  createOrder: () => Promise<string>;
  onApprove: (data: Approval) => Promise<void>;
  onCancel: () => void;
  onError: (error: unknown) => void;
  style?: { layout: "vertical" | "horizontal"; label: "paypal" | "pay" };
};

export type PayPalButtons = {
  render: (into: HTMLElement) => Promise<void>;
  close: () => Promise<void>;
};

export type PayPal = { Buttons: (options: ButtonOptions) => PayPalButtons };

/** Where the script puts itself. */
export type PayPalWindow = { paypal?: PayPal };

/** The script's address for a client and a currency; wallets alone, as a hold lives minutes. */
export function scriptAddress(clientId: string, currency: string): string {
  const named = document.querySelector<HTMLMetaElement>('meta[name="counterfoil-paypal"]')?.content;
  const address = new URL(named ?? PAYPALS_OWN);
  address.search = new URLSearchParams({
    "client-id": clientId,
    currency,
    intent: "capture",
    components: "buttons",
    "disable-funding": "card,credit,paylater,venmo",
    ...(language() === "de" ? { locale: "de_DE" } : {}),
  }).toString();
  return address.href;
}

/** Load the script; another client or currency takes the place of what was loaded before. */
export function loadPayPal(clientId: string, currency: string): Promise<PayPal> {
  const script = document.createElement("script");
  script.src = scriptAddress(clientId, currency);
  // PayPal's script gives its own style sheet the nonce that it finds here.
  const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
  if (nonce) script.dataset.cspNonce = nonce;
  return new Promise((resolve, refuse) => {
    const fail = (cause?: unknown) => {
      script.remove();
      refuse(new GatewayScriptMissing(cause));
    };
    const silence = setTimeout(fail, PATIENCE_MS);
    script.addEventListener("load", () => {
      clearTimeout(silence);
      const { paypal } = window as PayPalWindow;
      if (paypal === undefined) fail();
      else resolve(paypal);
    });
    script.addEventListener("error", () => {
      clearTimeout(silence);
      fail();
    });
    document.head.append(script);
  });
}

export function paypalQuery(clientId: string, currency: string) {
  return queryOptions({
    queryKey: ["checkout", "paypal", clientId, currency],
    queryFn: () => loadPayPal(clientId, currency),
    staleTime: Infinity,
    retry: false,
    structuralSharing: false,
  });
}
