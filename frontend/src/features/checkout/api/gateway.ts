// Stripe's script, loaded from Stripe. In the demo the page has brought the stand-in's already,
// and `loadStripe` takes that one: there is no branch for it here.

import { queryOptions } from "@tanstack/react-query";
import { loadStripe } from "@stripe/stripe-js/pure";

const PATIENCE_MS = 15_000;

/** The gateway's script did not come: blocked, or its host cannot be reached. */
export class GatewayScriptMissing extends Error {
  override readonly name = "GatewayScriptMissing";
  constructor(cause?: unknown) {
    super("The payment form could not be loaded.", { cause });
  }
}

export function gatewayQuery(publishableKey: string) {
  return queryOptions({
    queryKey: ["checkout", "gateway", publishableKey],
    queryFn: async () => {
      const silence = new Promise<never>((_, refuse) => {
        setTimeout(() => refuse(new GatewayScriptMissing()), PATIENCE_MS);
      });
      try {
        const stripe = await Promise.race([loadStripe(publishableKey), silence]);
        if (stripe === null) throw new GatewayScriptMissing();
        return stripe;
      } catch (cause) {
        throw cause instanceof GatewayScriptMissing ? cause : new GatewayScriptMissing(cause);
      }
    },
    staleTime: Infinity,
    retry: false,
    structuralSharing: false,
  });
}
