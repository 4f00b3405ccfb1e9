// Figures that are no amounts, as the reader writes them.

import { locale } from "@/lib/i18n";

/** "4.8", "4.0": a rating. */
export function oneDigit(value: number): string {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return new Intl.NumberFormat(locale(), digits).format(value);
}

/** "50", "33.33": a percentage, where its sign stands in the words. */
export function figure(value: number): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: 2 }).format(value);
}
