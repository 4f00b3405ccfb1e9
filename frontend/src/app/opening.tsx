import { Loading, Skeleton } from "@/components/ui/skeleton";

/** The very first moment: the header's place and a heading's place, so that nothing jumps. */
export function Opening() {
  return (
    <Loading what="Counterfoil">
      <div className="h-16 border-b border-line bg-card" />
      <div className="mx-auto grid max-w-6xl gap-6 px-4 py-8 sm:px-6">
        <Skeleton className="h-9 w-56" />
        <Skeleton className="h-40 rounded-lg" />
      </div>
    </Loading>
  );
}
