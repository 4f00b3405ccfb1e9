import { Link } from "react-router";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeading } from "@/components/ui/page-heading";
import { msg, t } from "@/lib/i18n";
import { ApiError } from "@/lib/problem";

const WORDS = {
  goal: {
    name: msg("Goal"),
    unread: msg("The goal could not be read"),
    none: msg("No such goal"),
    missing: msg("There is no such goal, or it is not yours"),
  },
  payment: {
    name: msg("Payment"),
    unread: msg("The payment could not be read"),
    none: msg("No such payment"),
    missing: msg("There is no such payment, or it is not yours"),
  },
};

type ReadFailureProps = {
  error: unknown;
  /** What was asked for. */
  what: keyof typeof WORDS;
  onRetry: () => void;
  retrying: boolean;
  /** The list that it would stand in. */
  list: { to: string; label: string };
};

/** In place of a page of one thing: another's is told like a missing one, all else may be retried. */
export function ReadFailure({ error, what, onRetry, retrying, list }: ReadFailureProps) {
  const words = WORDS[what];
  if (!(error instanceof ApiError) || error.status !== 404) {
    return (
      <>
        <PageHeading title={t(words.name)} />
        <ErrorState error={error} title={t(words.unread)} onRetry={onRetry} retrying={retrying} />
      </>
    );
  }
  return (
    <>
      <PageHeading title={t(words.none)} />
      <EmptyState
        title={t(words.missing)}
        action={
          <Button asChild>
            <Link to={list.to}>{list.label}</Link>
          </Button>
        }
      />
    </>
  );
}
