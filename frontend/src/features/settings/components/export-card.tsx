import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { askForExport, exportQuery, fetchExport } from "@/features/settings/api/data";
import { ProofDialog } from "@/features/settings/components/proof-dialog";
import { useDeed } from "@/features/settings/hooks/use-deed";
import type { ExportOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { locale, t } from "@/lib/i18n";
import { hasCode } from "@/lib/problem";
import { formatInstant } from "@/lib/time";

/** Have all that is kept written out, see how that stands, and fetch it. */
export function ExportCard() {
  const client = useQueryClient();
  const copy = useQuery(exportQuery);
  const deed = useDeed();
  const look = () => client.invalidateQueries({ queryKey: exportQuery.queryKey });

  const ask = () =>
    deed.run(async () => {
      client.setQueryData(exportQuery.queryKey, await askForExport());
    });
  const fetchIt = () =>
    deed.run(async () => {
      try {
        save(await fetchExport());
      } catch (error) {
        if (hasCode(error, "export_not_ready")) await look();
        throw error;
      }
    });

  return (
    <Card className="grid gap-4">
      <div className="grid gap-1">
        <h2 className="text-lg">{t("A copy of your data")}</h2>
        <p className="text-ink-soft">
          {t(
            "One file (JSON) with your profile, bookings, messages, payments and all else that is kept of you, each part with a line that says what it is.",
          )}
        </p>
      </div>
      {deed.failure === null ? null : (
        <ErrorState error={deed.failure} title={t("That did not work")} />
      )}
      {copy.data === undefined ? (
        copy.isError ? (
          <ErrorState
            error={copy.error}
            title={t("Whether there is a copy could not be read")}
            onRetry={() => void copy.refetch()}
            retrying={copy.isFetching}
          />
        ) : (
          <Loading what={t("your copy")}>
            <Skeleton className="h-16 w-full" />
          </Loading>
        )
      ) : (
        <Standing
          copy={copy.data}
          busy={deed.busy}
          onAsk={() => void ask()}
          onFetch={() => void fetchIt()}
        />
      )}
      <ProofDialog
        deed={deed}
        why={t("The file holds all that is kept of you, so we ask once more.")}
      />
    </Card>
  );
}

type StandingProps = { copy: ExportOut; busy: boolean; onAsk: () => void; onFetch: () => void };

function Standing({ copy, busy, onAsk, onFetch }: StandingProps) {
  const { time_zone: zone } = useUser();
  if (copy.status === "running") {
    return (
      <div className="grid gap-1" role="status">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {t("Your copy is being made")} <Badge tone="info">{t("Under way")}</Badge>
        </p>
        <p className="text-sm text-ink-soft">
          {copy.requested_at
            ? `${t("Asked for {time}.", { time: formatInstant(copy.requested_at, zone) })} `
            : null}
          {t("You may leave this page: we write to you as soon as it is ready.")}
        </p>
      </div>
    );
  }
  if (copy.status === "ready") {
    return (
      <div className="grid gap-3">
        <div className="grid gap-1">
          <p className="flex flex-wrap items-center gap-2 font-medium">
            {t("Your copy is ready")} <Badge tone="success">{t("Ready")}</Badge>
          </p>
          <p className="text-sm text-ink-soft">
            {copy.ready_at
              ? t("As of {time}, {size}.", {
                  time: formatInstant(copy.ready_at, zone),
                  size: sizeWords(copy.size_bytes),
                })
              : `${sizeWords(copy.size_bytes)}.`}
            {copy.expires_at
              ? ` ${t("It can be fetched until {time}, then it is deleted.", { time: formatInstant(copy.expires_at, zone) })}`
              : null}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          <Button busy={busy} onClick={onFetch}>
            {t("Fetch it")}
          </Button>
          <Button variant="secondary" busy={busy} onClick={onAsk}>
            {t("Have a newer one made")}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <div className="grid gap-3">
      {copy.status === "failed" ? (
        <p className="text-danger">{t("The last one could not be made. Ask for it again.")}</p>
      ) : null}
      <p className="text-sm text-ink-soft">
        {t(
          "It takes a few minutes. We write to you when it is ready; then it waits here for seven days.",
        )}
      </p>
      <Button className="justify-self-start" busy={busy} onClick={onAsk}>
        {t("Ask for a copy")}
      </Button>
    </div>
  );
}

function sizeWords(bytes: number): string {
  if (bytes < 1000) return t("{bytes} bytes", { bytes });
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  const tenths = { minimumFractionDigits: 1, maximumFractionDigits: 1, useGrouping: false };
  return `${(bytes / 1_000_000).toLocaleString(locale(), tenths)} MB`;
}

function save(file: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = "my-data.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
