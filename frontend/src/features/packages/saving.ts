// What a package costs beside as many single sessions.

import type { OfferOut, SessionTypeOut } from "@/lib/api-types";

/** The whole percent that it saves, rounded down; 0 where it saves nothing or nobody can say. */
export function savingOf(
  { price, sessions }: Pick<OfferOut, "price" | "sessions">,
  type: Pick<SessionTypeOut, "price"> | undefined,
): number {
  if (type?.price.currency !== price.currency) return 0;
  const singly = type.price.amount * sessions;
  return singly > price.amount ? Math.floor(((singly - price.amount) * 100) / singly) : 0;
}
