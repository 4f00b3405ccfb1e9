import { useRouteError } from "react-router";
import { Button } from "@/components/ui/button";
import { RequestId } from "@/components/ui/error-state";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { wordsFor } from "@/lib/problem";

/** A page that broke: says so, keeps the request's id, and offers a way on. */
export function RouteError() {
  const error = useRouteError();
  const stale = isStaleBuild(error);
  const words = wordsFor(error);
  return (
    <main id="main" className="mx-auto grid max-w-xl gap-4 px-4 py-16 sm:px-6">
      <title>{t("{title} · Counterfoil", { title: t("Something went wrong") })}</title>
      <h1 className="text-3xl">{stale ? t("There is a newer version") : words.title}</h1>
      <p className="text-ink-soft">
        {stale
          ? t(
              "Counterfoil was updated, or the connection broke, while this page was open. Reload it to go on.",
            )
          : words.detail}
      </p>
      {words.requestId ? <RequestId id={words.requestId} /> : null}
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => location.reload()}>{t("Reload the page")}</Button>
        <Button variant="secondary" asChild>
          <a href={paths.home()}>{t("To the dashboard")}</a>
        </Button>
      </div>
    </main>
  );
}

/** A page's code that is not on the server any more: another build took its place. */
function isStaleBuild(error: unknown): boolean {
  return (
    error instanceof TypeError && /dynamically imported module|module script/i.test(error.message)
  );
}
