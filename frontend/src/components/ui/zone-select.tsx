import { type ComponentProps, startTransition, useEffect, useState } from "react";
import { Select } from "@/components/ui/select";
import { msg, t } from "@/lib/i18n";
import { inIdleMoments } from "@/lib/idle";
import { allZones, cityOf, offsetOf } from "@/lib/time";

// IANA's own regions; it has a few zones without one.
const REGIONS: Partial<Record<string, string>> = {
  Africa: msg("Africa"),
  America: msg("America"),
  Antarctica: msg("Antarctica"),
  Arctic: msg("Arctic"),
  Asia: msg("Asia"),
  Atlantic: msg("Atlantic"),
  Australia: msg("Australia"),
  Europe: msg("Europe"),
  Indian: msg("Indian"),
  Pacific: msg("Pacific"),
};

// Some four hundred zones: each one's distance is asked for once, and those that nobody looks at yet
// in idle moments, as together they hold up the page for a tenth of a second.
const offsets = new Map<string, string>();

function measure(zone: string): string {
  const offset = offsets.get(zone) ?? offsetOf(zone);
  offsets.set(zone, offset);
  return offset;
}

function useEveryOffset(): void {
  const [known, setKnown] = useState(() => allZones().every((zone) => offsets.has(zone)));
  useEffect(() => {
    if (known) return;
    return inIdleMoments(allZones(), measure, () => startTransition(() => setKnown(true)));
  }, [known]);
}

type ZoneSelectProps = Omit<ComponentProps<typeof Select>, "children"> & {
  /** Named first, such as "Yours" and "Ada's". */
  first?: readonly { label: string; zone: string }[];
};

/** Every IANA zone by region, each with its present distance from UTC. */
export function ZoneSelect({ first = [], ...props }: ZoneSelectProps) {
  useEveryOffset();
  return (
    <Select {...props}>
      {first.map(({ label, zone }) => (
        <option key={label} value={zone}>
          {`${label}: ${cityOf(zone)} (${measure(zone)})`}
        </option>
      ))}
      {byRegion(first.map(({ zone }) => zone)).map(([region, zones]) => (
        <optgroup key={region} label={region}>
          {zones.map((zone) => (
            <option key={zone} value={zone}>
              {wordsFor(zone, props.value)}
            </option>
          ))}
        </optgroup>
      ))}
    </Select>
  );
}

/** Its distance stands beside it as soon as that is known; beside the chosen one always. */
function wordsFor(zone: string, chosen: unknown): string {
  const offset = zone === chosen ? measure(zone) : offsets.get(zone);
  return offset === undefined ? cityOf(zone) : `${cityOf(zone)} (${offset})`;
}

function byRegion(without: readonly string[]): [string, string[]][] {
  const regions = new Map<string, string[]>();
  for (const zone of allZones()) {
    if (without.includes(zone)) continue;
    const slash = zone.indexOf("/");
    const region =
      slash === -1 ? t("Other") : t(REGIONS[zone.slice(0, slash)] ?? zone.slice(0, slash));
    regions.set(region, [...(regions.get(region) ?? []), zone]);
  }
  return [...regions];
}
