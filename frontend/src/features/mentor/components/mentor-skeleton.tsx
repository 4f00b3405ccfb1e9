import { Loading, Skeleton } from "@/components/ui/skeleton";
import { t } from "@/lib/i18n";

export function MentorSkeleton() {
  return (
    <Loading
      what={t("the profile")}
      className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_22rem] lg:gap-12"
    >
      <div className="grid gap-5">
        <div className="flex flex-wrap items-center gap-x-6 gap-y-4 sm:flex-nowrap">
          <Skeleton className="size-28 shrink-0 rounded-md" />
          <div className="grid w-full gap-3">
            <Skeleton className="h-9 w-60 max-w-full" />
            <Skeleton className="h-6 w-full max-w-md" />
            <Skeleton className="h-5 w-32" />
          </div>
        </div>
        <Skeleton className="h-6 w-80 max-w-full" />
        <Skeleton className="h-20 w-64 max-w-full" />
        <Skeleton className="h-40 w-full max-w-prose" />
      </div>
      <div className="grid gap-4">
        <Skeleton className="h-14 w-48" />
        <Skeleton className="h-52 rounded-lg" />
        <Skeleton className="h-52 rounded-lg" />
      </div>
    </Loading>
  );
}
