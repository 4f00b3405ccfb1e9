import { type SubmitEvent, useState } from "react";
import { useNavigate } from "react-router";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/textarea";
import { usePropose } from "@/features/sessions/api/moving";
import { LONGEST_WORDS } from "@/features/sessions/proposal";
import type { SessionOut } from "@/lib/api-types";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { formatBrief, formatInstant } from "@/lib/time";
import { toast } from "@/lib/toast";

type AskMentorProps = { session: SessionOut; zone: string; at: string; onAgain: () => void };

/** Inside the mentor's notice the client asks, and the mentor accepts or declines. */
export function AskMentor({ session, zone, at, onAgain }: AskMentorProps) {
  const propose = usePropose(session.id);
  const navigate = useNavigate();
  const [message, setMessage] = useState("");
  const mentor = session.mentor.name;

  const ask = (event: SubmitEvent) => {
    event.preventDefault();
    propose.mutate(
      { starts_at: [at], message: message.trim() },
      {
        onSuccess: () => {
          toast.success(t("{name} has your question.", { name: mentor }));
          void navigate(paths.session(session.id));
        },
      },
    );
  };
  return (
    <form className="grid gap-4" onSubmit={ask}>
      <h2 className="text-xl">{t("{name} has to agree", { name: mentor })}</h2>
      <p role="status" className="text-pretty">
        {t(
          "Your session begins so soon that it moves only with {name}’s consent. Ask for {wanted}; until {name} accepts, it stays on {now}.",
          {
            name: mentor,
            wanted: formatInstant(at, zone),
            now: formatInstant(session.starts_at, zone),
          },
        )}
      </p>
      <Field label={t("A few words for {name}", { name: mentor })} optional>
        <Textarea
          value={message}
          maxLength={LONGEST_WORDS}
          onChange={(event) => setMessage(event.target.value)}
        />
      </Field>
      {propose.isError ? (
        <ErrorState error={propose.error} title={t("You have not asked yet")} />
      ) : null}
      <div className="flex flex-col gap-2 sm:flex-row">
        <Button type="submit" busy={propose.isPending}>
          {t("Ask for {when}", { when: formatBrief(at, zone) })}
        </Button>
        <Button variant="secondary" onClick={onAgain}>
          {t("Choose another time")}
        </Button>
      </div>
    </form>
  );
}
