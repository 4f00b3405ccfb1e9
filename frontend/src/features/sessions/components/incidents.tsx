import { Badge, type Tone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { useWithdrawIncident } from "@/features/sessions/api/incidents";
import type { IncidentOut, IncidentRequest, SessionOut, UserOut } from "@/lib/api-types";
import { msg, t } from "@/lib/i18n";
import { wordsFor } from "@/lib/problem";
import { isMentorOf } from "@/lib/sessions";
import { formatInstant } from "@/lib/time";

const STATES: Record<IncidentOut["status"], { words: string; tone: Tone }> = {
  open: { words: msg("We look at it"), tone: "info" },
  mentor_fault: { words: msg("Everything goes back"), tone: "success" },
  mentor_absent: { words: msg("Everything goes back"), tone: "success" },
  pro_rata: { words: msg("The minutes held are paid"), tone: "success" },
  client_absent: { words: msg("It counts as held"), tone: "success" },
  dismissed: { words: msg("Nothing changes"), tone: "quiet" },
  moot: { words: msg("Settled otherwise"), tone: "quiet" },
  withdrawn: { words: msg("Taken back"), tone: "quiet" },
};

type IncidentsProps = { session: SessionOut; reader: UserOut; incidents: readonly IncidentOut[] };

/** What either side reported, and how it stands. */
export function Incidents({ session, reader, incidents }: IncidentsProps) {
  if (incidents.length === 0) return null;
  return (
    <section aria-labelledby="incidents" className="grid gap-3">
      <h2 id="incidents" className="text-xl">
        {t("Reports")}
      </h2>
      <ul className="grid gap-3">
        {incidents.map((incident) => (
          <li key={incident.id} className="grid gap-1 border-l-2 border-line pl-4">
            <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <span className="font-medium">{whatOf(incident, session, reader)}</span>
              <Badge tone={STATES[incident.status].tone}>{t(STATES[incident.status].words)}</Badge>
            </p>
            <p className="text-pretty whitespace-pre-line">
              {t("“{words}”", { words: incident.reason })}
            </p>
            {incident.held_minutes === null ? null : (
              <p>
                {t("{held} of {all} minutes are paid.", {
                  held: incident.held_minutes,
                  all: session.session_type.duration_minutes,
                })}
              </p>
            )}
            {incident.decision ? (
              <p className="text-pretty">
                {t("Our decision: {decision}", { decision: incident.decision })}
              </p>
            ) : null}
            <time
              dateTime={incident.decided_at ?? incident.created_at}
              className="tabular text-sm text-ink-soft"
            >
              {formatInstant(incident.decided_at ?? incident.created_at, reader.time_zone)}
            </time>
            {incident.status === "open" ? (
              <p className="text-sm text-ink-soft">
                {t("We write to both of you when it is decided. Until then nobody is paid.")}
              </p>
            ) : null}
            {incident.status === "open" && incident.by === sideOf(session, reader) ? (
              <TakeBack session={session.id} incident={incident.id} />
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Of the own report, while nobody has decided on it: the session goes on as without it. */
function TakeBack({ session, incident }: { session: string; incident: string }) {
  const withdraw = useWithdrawIncident(session);
  return (
    <div className="grid justify-items-start gap-2">
      <Button
        variant="secondary"
        size="sm"
        busy={withdraw.isPending}
        onClick={() => withdraw.mutate(incident)}
      >
        {t("Take it back")}
      </Button>
      {withdraw.isError ? (
        <p role="alert" className="text-sm text-danger">
          {wordsFor(withdraw.error).detail}
        </p>
      ) : null}
    </div>
  );
}

function sideOf(session: SessionOut, reader: UserOut): IncidentOut["by"] {
  return isMentorOf(session, reader) ? "mentor" : "client";
}

function whatOf(incident: IncidentOut, session: SessionOut, reader: UserOut): string {
  const asMentor = isMentorOf(session, reader);
  const own = incident.by === sideOf(session, reader);
  const other = asMentor ? session.client.name : session.mentor.name;
  if (incident.kind === "emergency") {
    return own
      ? t("You reported an emergency")
      : t("{name} reported an emergency", { name: other });
  }
  return own
    ? t("You reported that {name} did not come", { name: other })
    : t("{name} reported that you did not come", { name: other });
}

// Nobody is told of a window here; longer than this none is open.
const OFFERED_MS = 30 * 86_400_000;

/** What the reader may report now, as far as the page knows; the server knows the minutes. */
export function reportable(
  session: SessionOut,
  incidents: readonly IncidentOut[],
  { side, now }: { side: "client" | "mentor"; now: number },
): IncidentRequest["kind"][] {
  const own = incidents.filter(({ by }) => by === side);
  if (own.some(({ status }) => status === "open")) return [];
  if (Date.parse(session.ends_at) + OFFERED_MS < now) return [];
  const begun = Date.parse(session.starts_at) <= now;
  const runs = begun && (session.status === "confirmed" || session.status === "in_progress");
  const over = session.status === "completed" || session.status === "reviewed";
  const known = session.outcome === (side === "client" ? "mentor_absent" : "client_absent");
  const kinds: IncidentRequest["kind"][] = [];
  if (runs && Date.parse(session.ends_at) > now) kinds.push("emergency");
  if ((runs || over) && !known) kinds.push("absence");
  return kinds.filter((kind) => own.every((before) => before.kind !== kind));
}
