import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { askForErasure, erasureQuery, keepAccount, openOnes } from "@/features/settings/api/data";
import { ErasureDialog } from "@/features/settings/components/erasure-dialog";
import { Hindrances } from "@/features/settings/components/hindrances";
import { ProofDialog } from "@/features/settings/components/proof-dialog";
import { useDeed } from "@/features/settings/hooks/use-deed";
import type { ErasureOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { hasCode } from "@/lib/problem";
import { formatDay, formatInstant } from "@/lib/time";

/** Ask that the account is erased, see that this waits, and take it back. */
export function ErasureCard() {
  const client = useQueryClient();
  const erasure = useQuery(erasureQuery);
  const deed = useDeed();
  const [asking, setAsking] = useState(false);
  const look = () => client.invalidateQueries({ queryKey: erasureQuery.queryKey });

  const ask = () => {
    setAsking(false);
    return deed.run(async () => {
      try {
        client.setQueryData(erasureQuery.queryKey, await askForErasure());
      } catch (error) {
        if (hasCode(error, "erasure_hindered")) await look();
        throw error;
      }
    });
  };
  const keep = () =>
    deed.run(async () => {
      try {
        await keepAccount();
      } finally {
        await look();
      }
    });

  return (
    <Card className="grid gap-4">
      <div className="grid gap-1">
        <h2 className="text-lg">{t("Erase your account")}</h2>
        <p className="text-ink-soft">
          {t(
            "Our staff look at the wish and carry it out within 30 days. Until then you can take it back; after that nobody can.",
          )}
        </p>
      </div>
      <Failure error={deed.failure} />
      {erasure.data === undefined ? (
        erasure.isError ? (
          <ErrorState
            error={erasure.error}
            title={t("Whether an erasure waits could not be read")}
            onRetry={() => void erasure.refetch()}
            retrying={erasure.isFetching}
          />
        ) : (
          <Loading what={t("what stands in the way")}>
            <Skeleton className="h-16 w-full" />
          </Loading>
        )
      ) : erasure.data.status === "open" ? (
        <Waiting erasure={erasure.data} busy={deed.busy} onKeep={() => void keep()} />
      ) : (
        <NotAsked
          erasure={erasure.data}
          busy={deed.busy}
          looking={erasure.isFetching}
          onLook={() => void look()}
          onBegin={() => setAsking(true)}
        />
      )}
      <ErasureDialog
        open={asking}
        lost={erasure.data?.hindrances.filter(({ blocks }) => !blocks) ?? []}
        onClose={() => setAsking(false)}
        onAsk={() => void ask()}
      />
      <ProofDialog deed={deed} why={t("This closes your account, so we ask once more.")} />
    </Card>
  );
}

/** A refusal that names what is open, as a list; any other failure as everywhere. */
function Failure({ error }: { error: unknown }) {
  if (error === null) return null;
  const open = openOnes(error);
  if (open.length === 0) return <ErrorState error={error} title={t("Nothing was changed")} />;
  return (
    <Alert tone="danger" title={t("Your account cannot be erased yet")}>
      <p>{t("Nothing was asked for, because something is still open:")}</p>
      <Hindrances items={open} />
    </Alert>
  );
}

type WaitingProps = { erasure: ErasureOut; busy: boolean; onKeep: () => void };

function Waiting({ erasure, busy, onKeep }: WaitingProps) {
  const { time_zone: zone } = useUser();
  const open = erasure.hindrances.filter(({ blocks }) => blocks);
  return (
    <div className="grid gap-4">
      <Alert tone="warning" title={t("Your account is going to be erased")}>
        <p>
          {erasure.requested_at
            ? `${t("Asked for {time}.", { time: formatInstant(erasure.requested_at, zone) })} `
            : null}
          {erasure.done_by
            ? `${t("It is done by {day}.", { day: formatDay(erasure.done_by, zone) })} `
            : null}
          {t("Until then everything works as before.")}
        </p>
      </Alert>
      {open.length === 0 ? null : (
        <div>
          <h3 className="font-medium">{t("It waits until this is settled")}</h3>
          <Hindrances items={open} />
        </div>
      )}
      <Button className="justify-self-start" busy={busy} onClick={onKeep}>
        {t("Keep my account")}
      </Button>
    </div>
  );
}

type NotAskedProps = {
  erasure: ErasureOut;
  busy: boolean;
  looking: boolean;
  onLook: () => void;
  onBegin: () => void;
};

function NotAsked({ erasure, busy, looking, onLook, onBegin }: NotAskedProps) {
  const open = erasure.hindrances.filter(({ blocks }) => blocks);
  if (open.length === 0) {
    return (
      <Button variant="danger" className="justify-self-start" busy={busy} onClick={onBegin}>
        {t("Erase my account…")}
      </Button>
    );
  }
  return (
    <div className="grid gap-3">
      <div>
        <h3 className="font-medium">{t("To do first")}</h3>
        <Hindrances items={open} />
      </div>
      <Button variant="secondary" className="justify-self-start" busy={looking} onClick={onLook}>
        {t("Look again")}
      </Button>
    </div>
  );
}
