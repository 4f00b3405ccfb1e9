import { Portrait } from "@/components/ui/portrait";
import { ZonedTime } from "@/components/ui/zoned-time";
import type { SessionOut, UserOut } from "@/lib/api-types";
import { isMentorOf } from "@/lib/sessions";

type SessionFactsProps = {
  session: SessionOut;
  reader: UserOut;
  /** The heading's level in its page. */
  as?: "h2" | "h3";
};

/** What, with whom, when: the face of a session's ticket. */
export function SessionFacts({ session, reader, as: Heading = "h2" }: SessionFactsProps) {
  const asMentor = isMentorOf(session, reader);
  return (
    <div className="flex items-start gap-4">
      {asMentor ? null : <Portrait url={session.mentor.portrait_url} size={56} />}
      <div className="grid min-w-0 gap-1">
        <Heading className="text-xl">{session.session_type.name}</Heading>
        <p className="text-ink-soft">
          with {asMentor ? session.client.name : session.mentor.name},{" "}
          {session.session_type.duration_minutes} minutes
        </p>
        <p className="font-medium text-pretty">
          <ZonedTime
            start={session.starts_at}
            end={session.ends_at}
            zone={session.mentor.time_zone}
            yours={reader.time_zone}
          />
        </p>
      </div>
    </div>
  );
}
