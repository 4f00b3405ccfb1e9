import { Part } from "@/app/dashboard/parts";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { ZonedTime } from "@/components/ui/zoned-time";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { kept, type KeptSession } from "@/lib/kept";
import { Unreachable } from "@/lib/problem";
import { formatInstant } from "@/lib/time";
import { useNow } from "@/lib/use-now";

type KeptSessionsProps = { error: unknown; onRetry: () => void; retrying: boolean };

/** In place of a dashboard that cannot be read: the next sessions as they were last seen here. */
export function KeptSessions({ error, onRetry, retrying }: KeptSessionsProps) {
  const user = useUser();
  const now = useNow().getTime();
  const found = error instanceof Unreachable ? kept.read() : null;
  const ahead = found?.sessions.filter(({ ends_at: end }) => Date.parse(end) > now) ?? [];
  if (found === null || ahead.length === 0) {
    return (
      <ErrorState
        error={error}
        title={t("Your dashboard could not be loaded")}
        onRetry={onRetry}
        retrying={retrying}
      />
    );
  }
  return (
    <Part title={t("Next sessions")}>
      <Alert tone="info" title={t("No connection")}>
        <p>
          {t(
            "These are your next sessions as they were on {when} time. What has changed since is not shown.",
            { when: formatInstant(new Date(found.at).toISOString(), user.time_zone) },
          )}
        </p>
        <Button variant="secondary" size="sm" className="mt-3" busy={retrying} onClick={onRetry}>
          {t("Try again")}
        </Button>
      </Alert>
      <ul className="grid gap-4">
        {ahead.map((session) => (
          <li key={session.id}>
            <Row session={session} yours={user.time_zone} />
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Row({ session, yours }: { session: KeptSession; yours: string }) {
  return (
    <article>
      <Card className="grid gap-0.5">
        <h3 className="text-lg">{session.title}</h3>
        <p className="text-ink-soft">{t("with {name}", { name: session.whom })}</p>
        <ZonedTime
          className="font-medium"
          start={session.starts_at}
          end={session.ends_at}
          zone={session.zone}
          yours={yours}
        />
        {session.status === "pending" ? (
          <p className="text-sm text-ink-soft">
            {t("Was not paid for yet, and is kept only for a while.")}
          </p>
        ) : null}
      </Card>
    </article>
  );
}
