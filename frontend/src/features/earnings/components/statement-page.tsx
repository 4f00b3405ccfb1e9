import { useQuery } from "@tanstack/react-query";
import { Printer } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useParams } from "react-router";
import { BackLink } from "@/components/ui/back-link";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Money } from "@/components/ui/money";
import { PageHeading } from "@/components/ui/page-heading";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { statementQuery } from "@/features/earnings/api/earnings";
import { Dated } from "@/features/earnings/components/dated";
import { LinesTable } from "@/features/earnings/components/lines-table";
import { MentorsOnly } from "@/features/earnings/components/mentors-only";
import { PAYOUT_WORDS } from "@/features/earnings/words";
import type { StatementOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t, tn } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { ApiError } from "@/lib/problem";

/** One payout with every line that it is made of; to be read, printed and kept. */
export function StatementPage() {
  const { id = "" } = useParams();
  return (
    <div className="mx-auto grid max-w-3xl gap-6 print:max-w-none">
      <div className="grid gap-2">
        <BackLink to={paths.statements()}>{t("Payout statements")}</BackLink>
        <p className="hidden font-serif text-lg font-semibold print:block">Counterfoil</p>
        <PageHeading title={t("Payout statement")} />
      </div>
      <MentorsOnly>
        <Read id={id} />
      </MentorsOnly>
    </div>
  );
}

function Read({ id }: { id: string }) {
  const statement = useQuery(statementQuery(id));
  if (statement.isPending) {
    return (
      <Loading what={t("the statement")} className="grid gap-6">
        <Skeleton className="h-56 w-full rounded-lg" />
        <Skeleton className="h-96 w-full rounded-lg" />
      </Loading>
    );
  }
  if (statement.data !== undefined) return <Statement statement={statement.data} />;
  if (statement.error instanceof ApiError && statement.error.status === 404) {
    return (
      <EmptyState
        title={t("There is no such statement")}
        action={
          <Button variant="secondary" asChild>
            <Link to={paths.statements()}>{t("All statements")}</Link>
          </Button>
        }
      >
        {t("The address may have been cut off, or it belongs to another account.")}
      </EmptyState>
    );
  }
  return (
    <ErrorState
      error={statement.error}
      title={t("The statement could not be read")}
      onRetry={() => void statement.refetch()}
      retrying={statement.isFetching}
    />
  );
}

function Statement({ statement }: { statement: StatementOut }) {
  const { name, time_zone: zone } = useUser();
  const { label, tone, words } = PAYOUT_WORDS[statement.status];
  const comes = statement.status === "approved" || statement.status === "sent";
  return (
    <>
      <Card className="grid gap-5 print:border-0 print:p-0 print:shadow-none">
        <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
          <div className="grid gap-1">
            <Money value={statement.amount} className="font-serif text-3xl font-semibold" />
            <p>
              <Badge tone={tone}>{t(label)}</Badge>
            </p>
          </div>
          <Button
            variant="secondary"
            size="sm"
            className="print:hidden"
            onClick={() => window.print()}
          >
            <Printer aria-hidden="true" />
            {t("Print it")}
          </Button>
        </div>
        <p className="text-ink-soft">{t(words)}</p>
        <dl className="grid gap-x-8 gap-y-3 sm:grid-cols-2">
          <Fact label={t("Paid to")}>{name}</Fact>
          <Fact label={t("Reference")}>
            <span className="font-mono text-sm break-all">{statement.id}</span>
          </Fact>
          <Fact label={t("Made")}>
            <Dated at={statement.created_at} zone={zone} />
          </Fact>
          <Fact label={t("Paid")}>
            {statement.paid_at === null ? (
              comes ? (
                t("Not yet")
              ) : (
                t("No")
              )
            ) : (
              <Dated at={statement.paid_at} zone={zone} />
            )}
          </Fact>
        </dl>
      </Card>
      <Card className="grid gap-3 print:border-0 print:p-0 print:shadow-none">
        <h2 className="text-xl">{t("What it is made of")}</h2>
        <LinesTable
          caption={tn(
            statement.lines.length,
            "{count} line that the payout is made of",
            "{count} lines that the payout is made of",
          )}
          lines={statement.lines}
          total={{ label: t("Payout"), amount: statement.amount }}
        />
      </Card>
    </>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid min-w-0 content-start">
      <dt className="text-sm text-ink-soft">{label}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  );
}
