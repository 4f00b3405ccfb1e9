import { Wordmark } from "@/app/wordmark";
import { Picture } from "@/components/picture";
import { Loading, Skeleton } from "@/components/ui/skeleton";

/**
 * The very first moment: what the page brought itself (templates/app/first), else the same as the
 * plain picture of templates/app/index.html: the header with the name, and a heading's place.
 */
export function Opening() {
  return (
    <Loading what="Counterfoil">
      <Picture of="page" otherwise={<Plain />} />
    </Loading>
  );
}

function Plain() {
  return (
    <>
      <div className="border-b border-line bg-card">
        <div className="mx-auto flex h-16 max-w-6xl items-center px-4 sm:px-6">
          <Wordmark />
        </div>
      </div>
      <div className="mx-auto grid max-w-6xl gap-6 px-4 py-8 sm:px-6">
        <Skeleton className="h-9 w-56" />
        <Skeleton className="h-40 rounded-lg" />
      </div>
    </>
  );
}
