import { useState } from "react";
import { Link, useLocation } from "react-router";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeading } from "@/components/ui/page-heading";
import { undoAddress } from "@/features/settings/api/sign-in";
import { useDeed } from "@/features/settings/hooks/use-deed";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { token } from "@/lib/token";

/** The old address takes its account back, by the link in its mail. */
export function UndoPage() {
  const { hash } = useLocation();
  const [secret] = useState(() => new URLSearchParams(hash.slice(1)).get("token") ?? "");
  const [done, setDone] = useState(false);
  const deed = useDeed();

  const undo = () =>
    deed.run(async () => {
      await undoAddress(secret);
      history.replaceState(history.state, "", location.pathname);
      token.clear("none"); // a sign-in that was open here has ended as well
      setDone(true);
    });
  if (done) {
    return (
      <Card className="grid gap-4">
        <PageHeading title={t("Your address is back")} />
        <Alert tone="success">
          {t(
            "Everybody is signed out, and the old password is void. We mailed you a code for a new one.",
          )}
        </Alert>
        <Button asChild>
          <Link to={paths.reset()}>{t("Choose a new password")}</Link>
        </Button>
      </Card>
    );
  }
  return (
    <Card className="grid gap-4">
      <PageHeading title={t("Undo the change of your address")} />
      <p className="text-ink-soft">
        {t(
          "Your address stays or comes back, everybody is signed out, and what was added since is removed. Then you choose a new password.",
        )}
      </p>
      {deed.failure === null ? null : (
        <ErrorState error={deed.failure} title={t("Nothing was undone")} />
      )}
      <Button size="lg" busy={deed.busy} onClick={() => void undo()}>
        {t("Undo it")}
      </Button>
    </Card>
  );
}
