// Where the bars of a plot stand: amounts of either sign on one scale, in hundredths of its height.

export type Bar = { top: number; height: number };
export type Plot = { bars: Bar[]; zero: number; highest: number; lowest: number };

const LEAST = 1; // what is not zero can be seen

/** Bars from the zero line up, or down where the amount is negative. Nothing but zeros: none. */
export function plotOf(amounts: readonly number[]): Plot {
  const highest = Math.max(0, ...amounts);
  const lowest = Math.min(0, ...amounts);
  const span = highest - lowest || 1;
  const zero = (highest / span) * 100;
  const bars = amounts.map((amount) => {
    const height = amount === 0 ? 0 : Math.max(LEAST, (Math.abs(amount) / span) * 100);
    return { top: amount > 0 ? zero - height : zero, height };
  });
  return { bars, zero, highest, lowest };
}

const STEPS = [1, 2, 3, 4, 6, 12]; // with these the same months are named in each year

/** How many months to go on, so that at most `most` of `count` are named, if that can be. */
export function stepOf(count: number, most: number): number {
  return STEPS.find((step) => Math.ceil(count / step) <= most) ?? 12;
}
