import { Field } from "@/components/ui/field";
import { ZoneSelect } from "@/components/ui/zone-select";
import { Section } from "@/features/availability/components/parts";
import { inZone } from "@/features/availability/draft";
import type { Editor } from "@/features/availability/hooks/use-editor";
import { t } from "@/lib/i18n";
import { cityOf } from "@/lib/time";

/** Whose clock the hours are read by. */
export function ZoneCard({ editor: { draft, faults, edit } }: { editor: Editor }) {
  return (
    <Section
      title={t("Time zone")}
      about={t("Your hours are read by this clock. Clients see them by their own.")}
    >
      <Field label={t("Time zone of your hours")} error={faults.zone}>
        <ZoneSelect
          first={[{ label: t("Now"), zone: draft.zone }]}
          value={draft.zone}
          onChange={({ target: { value } }) =>
            edit((old) => inZone(old, value), {
              say: t("All hours below are {city} time now.", { city: cityOf(value) }),
              focus: "",
            })
          }
        />
      </Field>
    </Section>
  );
}
