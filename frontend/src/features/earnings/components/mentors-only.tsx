import type { ReactNode } from "react";
import { Link } from "react-router";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";

/** The page for mentors; who is none is told so, and nothing is asked of the server. */
export function MentorsOnly({ children }: { children: ReactNode }) {
  const { mentor } = useUser();
  if (mentor !== null) return children;
  return (
    <EmptyState
      title={t("Only mentors have earnings")}
      action={
        <Button variant="secondary" asChild>
          <Link to={paths.apply()}>{t("Become a mentor")}</Link>
        </Button>
      }
    >
      {t("You book sessions with this account. Mentors are paid for them.")}
    </EmptyState>
  );
}
