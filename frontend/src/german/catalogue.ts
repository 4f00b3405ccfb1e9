// All German words of the app: one file for each area, whose English is the key.

import type { Catalogue, Entry } from "@/lib/i18n";

const areas = import.meta.glob<Record<string, Entry>>("./*.json", {
  eager: true,
  import: "default",
});

export const catalogue: Catalogue = new Map(
  Object.values(areas).flatMap((area) => Object.entries(area)),
);
