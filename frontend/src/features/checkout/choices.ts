// What could pay for a session instead of a gateway.

import type { CreditOut, PackageOut } from "@/lib/api-types";
import type { Money } from "@/lib/money";

/** A package's id, or the money credit. */
export type Choice = string;

/** The credit in the price's currency; another currency's pays for nothing here. */
export function creditIn(price: Money, { balances }: CreditOut): Money {
  return balances.find(({ currency }) => currency === price.currency) ?? { ...price, amount: 0 };
}

/** In the order in which they are offered: packages lapse, the one that ends first before. */
export function choicesOf(
  price: Money,
  packages: readonly PackageOut[],
  credit: CreditOut,
): Choice[] {
  const ids = packages.map(({ id }) => id);
  return creditIn(price, credit).amount > 0 && price.amount > 0 ? [...ids, "credit"] : ids;
}
