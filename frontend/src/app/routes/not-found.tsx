import { Link } from "react-router";
import { Button } from "@/components/ui/button";
import { PageHeading } from "@/components/ui/page-heading";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";

export function Component() {
  return (
    <div className="mx-auto grid max-w-xl justify-items-start gap-4 py-10">
      <PageHeading title={t("There is no such page")} />
      <p className="text-ink-soft">
        {t("The address may be mistyped, or what was here is gone. Nothing of yours was changed.")}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button asChild>
          <Link to={paths.home()}>{t("To the dashboard")}</Link>
        </Button>
        <Button variant="secondary" asChild>
          <Link to={paths.mentors()}>{t("Find a mentor")}</Link>
        </Button>
      </div>
    </div>
  );
}
