import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeading } from "@/components/ui/page-heading";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { applicationQuery } from "@/features/profile/api/application";
import { pageQuery } from "@/features/profile/api/page";
import { ApplicationForm, NO_WORDS } from "@/features/profile/components/application-form";
import { ApplicationHistory } from "@/features/profile/components/application-history";
import { ApplicationStatus } from "@/features/profile/components/application-status";
import { Checklist } from "@/features/profile/components/checklist";
import { plainText } from "@/features/profile/bio-text";
import type { ApplicationOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";

/** To apply to be a mentor; whoever has applied sees where it stands, and what to do next. */
export function ApplyPage() {
  const { mentor } = useUser();
  return (
    <div className="mx-auto grid max-w-3xl gap-6">
      <PageHeading title={mentor === null ? t("Become a mentor") : t("Your application")} />
      {mentor === null ? (
        <Card>
          <ApplicationForm first={NO_WORDS} />
        </Card>
      ) : (
        <Standing />
      )}
    </div>
  );
}

function Standing() {
  const { mentor } = useUser();
  const application = useQuery(applicationQuery);
  if (application.isPending) return <Reading />;
  if (application.isError) {
    return (
      <ErrorState
        error={application.error}
        title={t("Your application could not be read")}
        onRetry={() => void application.refetch()}
        retrying={application.isFetching}
      />
    );
  }
  if (application.data !== null) return <Applied application={application.data} />;
  if (mentor?.status === "applied") return <WithTheirWords />;
  return (
    <EmptyState
      title={t("You are a mentor already")}
      action={
        <Button variant="secondary" asChild>
          <Link to={paths.profile()}>{t("Your profile")}</Link>
        </Button>
      }
    >
      {t("There is nothing to apply for.")}
    </EmptyState>
  );
}

const ENDED: readonly ApplicationOut["status"][] = ["accepted", "refused", "withdrawn"];

function Applied({ application }: { application: ApplicationOut }) {
  const { status } = application;
  const sends = status === "changes_asked" || status === "refused" || status === "withdrawn";
  return (
    <div className="grid gap-5">
      <ApplicationStatus application={application} />
      {sends ? <WithTheirWords again={status === "changes_asked"} /> : null}
      <Checklist rows={application.checklist} open={!ENDED.includes(status)} />
      <ApplicationHistory steps={application.steps} />
    </div>
  );
}

/** The form begins with what was sent in before, where there is such a thing. */
function WithTheirWords({ again = false }: { again?: boolean }) {
  const page = useQuery(pageQuery);
  if (page.isPending) return <Reading />;
  if (page.data === undefined) {
    return (
      <ErrorState
        error={page.error}
        title={t("What you wrote before could not be read")}
        onRetry={() => void page.refetch()}
        retrying={page.isFetching}
      />
    );
  }
  const words = page.data.data.pending ?? page.data.data.live;
  return (
    <Card>
      <ApplicationForm
        again={again}
        first={{
          headline: words?.headline ?? "",
          bio: plainText(words?.bio ?? ""),
          subjects: (words?.expertise ?? []).join(", "),
        }}
      />
    </Card>
  );
}

function Reading() {
  return (
    <Loading what={t("your application")} className="grid gap-5">
      <Skeleton className="h-32" />
      <Skeleton className="h-64" />
    </Loading>
  );
}
