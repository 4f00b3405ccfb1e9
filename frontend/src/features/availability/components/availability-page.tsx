import { useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeading } from "@/components/ui/page-heading";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { availabilityQuery } from "@/features/availability/api/availability";
import { CalendarsTab } from "@/features/availability/components/calendars-tab";
import { HoursForm } from "@/features/availability/components/hours-form";
import { LeaveDialog } from "@/features/availability/components/leave-dialog";
import { SeenTab } from "@/features/availability/components/seen-tab";
import { useEditor } from "@/features/availability/hooks/use-editor";
import type { AvailabilityOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import type { Tagged } from "@/lib/tagged";

const TABS = ["hours", "seen", "calendars"] as const;

/** When a mentor can be booked; which part of it lies in the address. */
export function AvailabilityPage() {
  const { mentor } = useUser();
  return (
    <div className="mx-auto grid max-w-3xl gap-6">
      <PageHeading title={t("Availability")} />
      {mentor === null ? (
        <EmptyState
          title={t("Only mentors have hours")}
          action={
            <Button variant="secondary" asChild>
              <Link to={paths.apply()}>{t("Become a mentor")}</Link>
            </Button>
          }
        >
          {t("You book sessions with this account. Mentors say here when they can be booked.")}
        </EmptyState>
      ) : (
        <Read />
      )}
    </div>
  );
}

function Read() {
  const hours = useQuery(availabilityQuery);
  if (hours.isPending) {
    return (
      <Loading what={t("your hours")} className="grid gap-5">
        <Skeleton className="h-11" />
        <Skeleton className="h-28" />
        <Skeleton className="h-96" />
      </Loading>
    );
  }
  if (hours.data === undefined) {
    return (
      <ErrorState
        error={hours.error}
        title={t("Your hours could not be read")}
        onRetry={() => void hours.refetch()}
        retrying={hours.isFetching}
      />
    );
  }
  return <Opened found={hours.data} />;
}

/** Holds what is typed, so that it stays while another tab is looked at. */
function Opened({ found }: { found: Tagged<AvailabilityOut> }) {
  const { id } = useUser();
  const editor = useEditor(found, `availability:${id}`);
  const [search, setSearch] = useSearchParams();
  const tab = TABS.find((one) => one === search.get("tab")) ?? "hours";
  return (
    <Tabs
      className="min-w-0"
      value={tab}
      onValueChange={(chosen) => setSearch(chosen === "hours" ? {} : { tab: chosen })}
    >
      <TabsList aria-label={t("Availability")}>
        <TabsTrigger value="hours">{t("Hours")}</TabsTrigger>
        <TabsTrigger value="seen">{t("Preview")}</TabsTrigger>
        <TabsTrigger value="calendars">{t("Calendars")}</TabsTrigger>
      </TabsList>
      <TabsContent value="hours">
        <HoursForm editor={editor} />
      </TabsContent>
      <TabsContent value="seen">
        <SeenTab zone={found.data.time_zone} unsaved={editor.unsaved} />
      </TabsContent>
      <TabsContent value="calendars">
        <CalendarsTab />
      </TabsContent>
      <LeaveDialog unsaved={editor.unsaved} />
    </Tabs>
  );
}
