import { useQuery } from "@tanstack/react-query";
import type { ComponentType } from "react";
import { Link, useParams } from "react-router";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeading } from "@/components/ui/page-heading";
import { RichText } from "@/components/ui/rich-text";
import { MentorHeader } from "@/features/mentor/components/mentor-header";
import { MentorSkeleton } from "@/features/mentor/components/mentor-skeleton";
import { Offers } from "@/features/mentor/components/offers";
import { Reviews } from "@/features/mentor/components/reviews";
import type { MentorDetail } from "@/lib/api-types";
import { t } from "@/lib/i18n";
import { mentorQuery } from "@/lib/mentors";
import { paths } from "@/lib/paths";

/** `packages`: several sessions at once, below the sessions. */
type MentorPageProps = { packages: ComponentType<{ mentor: MentorDetail }> };

export function MentorPage({ packages: Packages }: MentorPageProps) {
  const { slug = "" } = useParams();
  const mentor = useQuery(mentorQuery(slug));

  if (mentor.isPending) return <MentorSkeleton />;
  if (mentor.data === undefined) {
    return (
      <div className="mx-auto grid max-w-xl gap-4">
        <PageHeading title={t("Mentor")} />
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
  const { name, bio } = mentor.data;
  return (
    <div className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_22rem] lg:grid-rows-[auto_auto_1fr] lg:gap-x-12">
      <MentorHeader mentor={mentor.data} />
      <div className="grid gap-8 lg:sticky lg:top-24 lg:col-start-2 lg:row-span-3 lg:row-start-1">
        <Offers mentor={mentor.data} />
        <Packages mentor={mentor.data} />
      </div>
      {bio ? (
        <section aria-labelledby="about" className="grid gap-3">
          <h2 id="about" className="text-xl">
            {t("About {name}", { name: name.split(" ")[0] ?? "" })}
          </h2>
          <RichText html={bio} className="max-w-prose" />
        </section>
      ) : null}
      <Reviews mentor={mentor.data} />
    </div>
  );
}
