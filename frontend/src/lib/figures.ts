// Figures that are no amounts, as the reader writes them.

import { language, locale } from "@/lib/i18n";

/** "4.8", "4.0": a rating. By hand: the browser takes long to make its first format of numbers. */
export function oneDigit(value: number): string {
  const written = value.toFixed(1);
  return language() === "de" ? written.replace(".", ",") : written;
}

/** "50", "33.33": a percentage, where its sign stands in the words. */
export function figure(value: number): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: 2 }).format(value);
}
