// All German words of the app: one file for each area, whose English is the key; and, by their codes,
// what the API refuses (problems.json) and what it finds wrong with a value (faults.json).

import type { Catalogue, Entry, Faults, Refusal, Refusals } from "@/lib/i18n";

const areas = import.meta.glob<Record<string, Entry>>(
  ["./*.json", "!./problems.json", "!./faults.json"],
  { eager: true, import: "default" },
);
const problems = import.meta.glob<Record<string, Refusal>>("./problems.json", {
  eager: true,
  import: "default",
});
const wrong = import.meta.glob<Record<string, string>>("./faults.json", {
  eager: true,
  import: "default",
});

export const catalogue: Catalogue = new Map(all(areas));
export const refusals: Refusals = new Map(all(problems));
export const faults: Faults = new Map(all(wrong));

function all<Words>(files: Record<string, Record<string, Words>>): [string, Words][] {
  return Object.values(files).flatMap((file) => Object.entries(file));
}
