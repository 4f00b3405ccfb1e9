import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { offeredQuery } from "@/features/availability/api/seen";
import { ExplainCard } from "@/features/availability/components/explain-card";
import { SeenWeek } from "@/features/availability/components/seen-week";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { durationWords } from "@/lib/words";

type SeenTabProps = { zone: string; unsaved: boolean };

/** What the saved rules come to: the free starts of a week, and why one is not among them. */
export function SeenTab({ zone, unsaved }: SeenTabProps) {
  const { mentor } = useUser();
  const offers = useQuery(offeredQuery);
  const [chosen, setChosen] = useState<string | null>(null);
  if (offers.isPending) {
    return (
      <Loading what={t("your sessions")} className="grid gap-5">
        <Skeleton className="h-20" />
        <Skeleton className="h-56" />
        <Skeleton className="h-80" />
      </Loading>
    );
  }
  if (offers.data === undefined) {
    return (
      <ErrorState
        error={offers.error}
        title={t("Your sessions could not be read")}
        onRetry={() => void offers.refetch()}
        retrying={offers.isFetching}
      />
    );
  }
  const offered = offers.data.items.filter((offer) => offer.active);
  const type = offered.find((offer) => offer.id === chosen) ?? offered[0];
  if (type === undefined) {
    return (
      <EmptyState
        title={t("You offer no session at present")}
        action={
          <Button asChild>
            <Link to={paths.profile({ tab: "offers" })}>{t("Offer a session")}</Link>
          </Button>
        }
      >
        {t("Clients see free times of the sessions that you offer.")}
      </EmptyState>
    );
  }
  return (
    <div className="grid gap-5">
      {unsaved ? (
        <Alert tone="info" title={t("Your changes are not saved yet")}>
          {t("All that stands here follows the hours that were saved last.")}
        </Alert>
      ) : null}
      <Field label={t("Session")} hint={t("A longer one fits at fewer times.")}>
        <Select value={type.id} onChange={(event) => setChosen(event.target.value)}>
          {offered.map((offer) => (
            <option key={offer.id} value={offer.id}>
              {`${offer.name} (${durationWords(offer.duration_minutes)})`}
            </option>
          ))}
        </Select>
      </Field>
      <ExplainCard key={type.id} type={type.id} zone={zone} />
      {mentor?.status === "live" ? (
        <SeenWeek slug={mentor.slug} type={type.id} zone={zone} />
      ) : (
        <EmptyState title={t("Clients see no times of yours yet")}>
          {t("They do as soon as your profile is public.")}
        </EmptyState>
      )}
    </div>
  );
}
