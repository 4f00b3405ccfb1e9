import { Portrait } from "@/components/ui/portrait";
import { ZonedTime } from "@/components/ui/zoned-time";
import { Words } from "@/components/words";
import { cn } from "@/lib/cn";
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
    <div
      className={cn(
        "grid items-start gap-x-4 gap-y-2",
        !asMentor && "grid-cols-[auto_minmax(0,1fr)]",
      )}
    >
      {asMentor ? null : (
        <Portrait url={session.mentor.portrait_url} size={56} className="sm:row-span-2" />
      )}
      <div className="grid min-w-0 gap-0.5">
        <Heading className="text-xl">{session.session_type.name}</Heading>
        <p className="text-pretty text-ink-soft">
          <Words
            text="with {name}, <length>{minutes} minutes</length>"
            values={{
              name: asMentor ? session.client.name : session.mentor.name,
              minutes: session.session_type.duration_minutes,
            }}
            parts={{ length: <span className="whitespace-nowrap" /> }}
          />
        </p>
      </div>
      <p className={cn("font-medium text-pretty", !asMentor && "col-span-2 sm:col-span-1")}>
        <ZonedTime
          start={session.starts_at}
          end={session.ends_at}
          zone={session.mentor.time_zone}
          yours={reader.time_zone}
        />
      </p>
    </div>
  );
}
