import { expect, test } from "vitest";
import { plotOf, stepOf } from "@/features/earnings/bars";

test("the highest bar is as high as the plot, and nothing has no bar", () => {
  const { bars, zero, highest } = plotOf([0, 50, 100]);

  expect(zero).toBe(100);
  expect(highest).toBe(100);
  expect(bars).toEqual([
    { top: 100, height: 0 },
    { top: 50, height: 50 },
    { top: 0, height: 100 },
  ]);
});

test("what was lost hangs below the line, on the same scale", () => {
  const { bars, zero, lowest } = plotOf([300, -100]);

  expect(zero).toBe(75);
  expect(lowest).toBe(-100);
  expect(bars).toEqual([
    { top: 0, height: 75 },
    { top: 75, height: 25 },
  ]);
});

test("a cent beside a fortune can still be seen", () => {
  expect(plotOf([1, 10_000_000]).bars[0]).toEqual({ top: 99, height: 1 });
});

test("zeros alone draw nothing and divide by nothing", () => {
  expect(plotOf([0, 0]).bars.map(({ height }) => height)).toEqual([0, 0]);
  expect(plotOf([]).bars).toEqual([]);
});

test.each([
  [3, 1],
  [6, 1],
  [12, 2],
  [24, 4],
  [60, 12],
])("of %i months each %i. is named where there is room for six", (count, step) => {
  expect(stepOf(count, 6)).toBe(step);
});
