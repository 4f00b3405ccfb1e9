import type { SubmitEvent } from "react";
import { AwayCard } from "@/features/availability/components/away-card";
import { DatesCard } from "@/features/availability/components/dates-card";
import { JourneysCard } from "@/features/availability/components/journeys-card";
import { RulesCard } from "@/features/availability/components/rules-card";
import { SaveArea } from "@/features/availability/components/save-area";
import { WeekCard } from "@/features/availability/components/week-card";
import { ZoneCard } from "@/features/availability/components/zone-card";
import type { Editor } from "@/features/availability/hooks/use-editor";
import { t } from "@/lib/i18n";

/** All that a mentor says about when to be booked: typed at leisure, saved at once. */
export function HoursForm({ editor }: { editor: Editor }) {
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    if (!editor.busy) editor.save();
  };
  return (
    <form aria-label={t("Your hours")} className="grid gap-5" onSubmit={send} noValidate>
      <p role="status" className="sr-only">
        {editor.said}
      </p>
      <ZoneCard editor={editor} />
      <WeekCard editor={editor} />
      <DatesCard editor={editor} />
      <AwayCard editor={editor} />
      <JourneysCard editor={editor} />
      <RulesCard editor={editor} />
      <SaveArea editor={editor} />
    </form>
  );
}
