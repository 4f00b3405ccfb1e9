import { useQuery } from "@tanstack/react-query";
import { type ComponentType, useEffect } from "react";
import { Link, useParams } from "react-router";
import { Picture } from "@/components/picture";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeading } from "@/components/ui/page-heading";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Booker } from "@/features/booking/components/booker";
import type { SessionTypeOut } from "@/lib/api-types";
import { t } from "@/lib/i18n";
import { mentorQuery } from "@/lib/mentors";
import { paths } from "@/lib/paths";
import { forgetPicture } from "@/lib/picture";
import { useArrived } from "@/lib/use-arrived";

/** `packages`: what is to be said of packages of the chosen session. */
export type BookPageProps = {
  packages: ComponentType<{ slug: string; type: SessionTypeOut }>;
};

export function BookPage({ packages }: BookPageProps) {
  const { slug = "" } = useParams();
  const mentor = useQuery(mentorQuery(slug));
  const arrived = useArrived(!mentor.isPending);
  useEffect(() => {
    if (arrived) forgetPicture();
  }, [arrived]);

  if (mentor.isPending || !arrived) {
    return <Picture of="book" className="grid gap-6" otherwise={<BookSkeleton />} />;
  }
  if (mentor.data === undefined) {
    return (
      <div className="mx-auto grid max-w-xl gap-4">
        <PageHeading title={t("Book a session")} />
        <ErrorState
          error={mentor.error}
          onRetry={() => void mentor.refetch()}
          retrying={mentor.isFetching}
          action={
            <Button variant="secondary" size="sm" asChild>
              <Link to={paths.mentors()}>{t("Find another mentor")}</Link>
            </Button>
          }
        />
      </div>
    );
  }
  if (mentor.data.session_types.length === 0) {
    return (
      <div className="mx-auto grid max-w-xl gap-6">
        <PageHeading title={t("Book with {name}", { name: mentor.data.name })} />
        <EmptyState
          title={t("{name} offers no sessions at present", { name: mentor.data.name })}
          action={
            <Button asChild>
              <Link to={paths.mentors()}>{t("Find another mentor")}</Link>
            </Button>
          }
        >
          {t("What a mentor offers appears here as soon as it can be booked.")}
        </EmptyState>
      </div>
    );
  }
  return <Booker mentor={mentor.data} packages={packages} />;
}

function BookSkeleton() {
  return (
    <Loading what={t("the free times")} className="grid gap-6">
      <Skeleton className="h-9 w-72 max-w-full" />
      <Card className="grid gap-8 lg:grid-cols-[17rem_minmax(0,1fr)_16rem]">
        <div className="grid content-start gap-3">
          <Skeleton className="size-14 rounded-md" />
          <Skeleton className="h-6 w-40" />
          <Skeleton className="h-11 w-full" />
          <Skeleton className="h-11 w-full" />
        </div>
        <Skeleton className="h-[22rem] rounded-md" />
        <Skeleton className="hidden h-[22rem] rounded-md lg:block" />
      </Card>
    </Loading>
  );
}
