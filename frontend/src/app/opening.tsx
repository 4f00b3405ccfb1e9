import { Wordmark } from "@/app/wordmark";
import { Loading, Skeleton } from "@/components/ui/skeleton";

/**
 * The very first moment: the header with the name, and a heading's place, so that nothing jumps. The
 * page brings the same picture before the scripts are there (templates/app/index.html).
 */
export function Opening() {
  return (
    <Loading what="Counterfoil">
      <div className="border-b border-line bg-card">
        <div className="mx-auto flex h-16 max-w-6xl items-center px-4 sm:px-6">
          <Wordmark />
        </div>
      </div>
      <div className="mx-auto grid max-w-6xl gap-6 px-4 py-8 sm:px-6">
        <Skeleton className="h-9 w-56" />
        <Skeleton className="h-40 rounded-lg" />
      </div>
    </Loading>
  );
}
