import { Link } from "react-router";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeading } from "@/components/ui/page-heading";
import { ApiError } from "@/lib/problem";

type ReadFailureProps = {
  error: unknown;
  /** What was asked for: "goal". */
  what: string;
  onRetry: () => void;
  retrying: boolean;
  /** The list that it would stand in. */
  list: { to: string; label: string };
};

/** In place of a page of one thing: another's is told like a missing one, all else may be retried. */
export function ReadFailure({ error, what, onRetry, retrying, list }: ReadFailureProps) {
  if (!(error instanceof ApiError) || error.status !== 404) {
    return (
      <>
        <PageHeading title={what.charAt(0).toUpperCase() + what.slice(1)} />
        <ErrorState
          error={error}
          title={`The ${what} could not be read`}
          onRetry={onRetry}
          retrying={retrying}
        />
      </>
    );
  }
  return (
    <>
      <PageHeading title={`No such ${what}`} />
      <EmptyState
        title={`There is no such ${what}, or it is not yours`}
        action={
          <Button asChild>
            <Link to={list.to}>{list.label}</Link>
          </Button>
        }
      />
    </>
  );
}
