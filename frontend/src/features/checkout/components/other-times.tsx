import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "react-router";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { nearestSlotsQuery, useHoldAnother } from "@/features/checkout/api/checkout";
import { useUser } from "@/lib/auth";
import type { SessionOut } from "@/lib/api-types";
import { serverNow } from "@/lib/clock";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { formatBrief, formatInstant } from "@/lib/time";

/** The free times nearest to the one that is gone; one press holds one and opens its payment. */
export function OtherTimes({ session }: { session: SessionOut }) {
  const { time_zone: zone } = useUser();
  const navigate = useNavigate();
  const slots = useQuery(nearestSlotsQuery(session, serverNow()));
  const hold = useHoldAnother(session);
  const book = paths.book(session.mentor.slug, { type: session.session_type.id });

  return (
    <section className="grid gap-3" aria-labelledby="other-times">
      <h2 id="other-times" className="text-xl">
        {t("Nearest free times")}
      </h2>
      {slots.isPending ? (
        <Loading what={t("free times")} className="grid gap-2">
          {[0, 1, 2].map((place) => (
            <Skeleton key={place} className="h-12 rounded-md" />
          ))}
        </Loading>
      ) : null}
      {slots.isError ? (
        <ErrorState error={slots.error} onRetry={() => void slots.refetch()} />
      ) : null}
      {slots.data?.length === 0 ? (
        <p className="text-ink-soft">
          {t("{name} has no free time around that day. Look at other days.", {
            name: session.mentor.name,
          })}
        </p>
      ) : null}
      <ul className="grid gap-2">
        {slots.data?.map((slot) => (
          <li key={slot.token}>
            <Button
              variant="secondary"
              className="w-full justify-between"
              busy={hold.isPending && hold.variables.token === slot.token}
              disabled={hold.isPending}
              aria-label={t("Hold {when}", { when: formatInstant(slot.starts_at, zone) })}
              onClick={() =>
                hold.mutate(slot, {
                  onSuccess: (held) => void navigate(paths.pay(held.id), { replace: true }),
                  onError: () => void slots.refetch(),
                })
              }
            >
              <span className="tabular">{formatInstant(slot.starts_at, zone)}</span>
              <span className="text-sm font-medium text-accent">
                {slot.starts_at === session.starts_at ? t("Hold it again") : null}
                {slot.starts_at === session.starts_at
                  ? null
                  : t("Hold {when}", { when: formatBrief(slot.starts_at, zone) })}
              </span>
            </Button>
          </li>
        ))}
      </ul>
      {hold.isError ? <ErrorState error={hold.error} /> : null}
      <Button variant="link" size="inline" asChild className="justify-self-start">
        <Link to={book}>{t("All times of {name}", { name: session.mentor.name })}</Link>
      </Button>
    </section>
  );
}
