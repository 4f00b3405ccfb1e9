import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { ZonedTime } from "@/components/ui/zoned-time";
import { availabilityQuery } from "@/features/availability/api/availability";
import type { Editor } from "@/features/availability/hooks/use-editor";
import type { AvailabilitySaved } from "@/lib/api-types";
import { t, tn } from "@/lib/i18n";
import { hasCode } from "@/lib/problem";

export const SAVE_ID = "save-hours";

/** Saves all of it, or says why not; what is typed stays until the reader gives it up. */
export function SaveArea({ editor }: { editor: Editor }) {
  const { error, faults, unsaved, busy, draft, keptGaps } = editor;
  const wrong = Object.keys(faults).length;
  return (
    <div className="grid gap-4">
      <div className="grid gap-2">
        <div className="flex flex-wrap gap-3">
          <Button id={SAVE_ID} type="submit" busy={busy}>
            {t("Save the hours")}
          </Button>
          {unsaved && !busy ? (
            <Button variant="ghost" onClick={editor.discard}>
              {t("Discard the changes")}
            </Button>
          ) : null}
        </div>
        <p className="text-sm text-ink-soft">
          {unsaved ? t("Your changes are not saved yet.") : t("All of this is saved.")}
        </p>
      </div>
      {wrong > 0 ? (
        <Alert tone="warning" title={t("Nothing was saved")}>
          {tn(
            wrong,
            "{count} place above has to be changed first.",
            "{count} places above have to be changed first.",
          )}
        </Alert>
      ) : null}
      {error === null ? null : hasCode(error, "precondition_failed") ? (
        <Conflict onRead={editor.startFrom} />
      ) : (
        <ErrorState error={error} title={t("Nothing was saved")} />
      )}
      <KeptGaps gaps={keptGaps} zone={draft.zone} />
    </div>
  );
}

/** Another change came first: nothing is overwritten, and nothing typed is lost unasked. */
function Conflict({ onRead }: { onRead: Editor["startFrom"] }) {
  const client = useQueryClient();
  const [reading, setReading] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const read = async () => {
    setReading(true);
    setFailure(null);
    try {
      onRead(await client.query({ ...availabilityQuery, staleTime: 0 }));
    } catch (error) {
      setFailure(error);
      setReading(false);
    }
  };
  return (
    <>
      <Alert tone="warning" title={t("Your hours were changed in the meantime")}>
        <p>
          {t(
            "Another window, or a member of our team, was quicker. Nothing of yours was saved, and it still stands above. The newest version takes its place when you read it: note what you want to keep first.",
          )}
        </p>
        <Button
          variant="secondary"
          size="sm"
          className="mt-3"
          busy={reading}
          onClick={() => void read()}
        >
          {t("Read the newest version")}
        </Button>
      </Alert>
      {failure === null ? null : (
        <ErrorState error={failure} title={t("The newest version could not be read")} />
      )}
    </>
  );
}

function KeptGaps({ gaps, zone }: { gaps: AvailabilitySaved["kept_gaps"]; zone: string }) {
  if (gaps.length === 0) return null;
  return (
    <Alert tone="info" title={t("Some sessions keep the pause that they have")}>
      <p>{t("The new one would reach into the session after them:")}</p>
      <ul className="list-disc pl-5">
        {gaps.map((gap) => (
          <li key={gap.starts_at}>
            <ZonedTime start={gap.starts_at} end={gap.ends_at} zone={zone} />,{" "}
            {t("{minutes} min", { minutes: gap.gap_minutes })}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
