import { expect, test } from "vitest";
import { countries } from "@/features/earnings/countries";

test("every country once, by name, and none that the browser does not know", () => {
  const all = countries();
  const codes = all.map(({ code }) => code);
  const names = all.map(({ name }) => name);

  expect(new Set(codes).size).toBe(249);
  expect(codes).toHaveLength(249);
  expect(all.filter(({ code, name }) => code === name)).toEqual([]);
  expect(names).toEqual(names.toSorted((one, other) => one.localeCompare(other, "en-GB")));
  expect(all.find(({ code }) => code === "DE")?.name).toBe("Germany");
});
