import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { consentsQuery, useAgree } from "@/features/settings/api/consents";
import type { DocumentVersionOut } from "@/lib/api-types";
import { t } from "@/lib/i18n";
import { nameOfDay } from "@/lib/time";
import { toast } from "@/lib/toast";

/**
 * What is in force and was not agreed to. It keeps nobody from anything, lies over the page so that
 * nothing moves, and is silent where all is agreed to.
 */
export function ConsentBanner() {
  const id = useId();
  const agree = useAgree();
  const documents = useQuery(consentsQuery).data?.documents.filter(({ agreed }) => !agreed) ?? [];
  if (documents.length === 0) return null;

  const send = () =>
    agree.mutate(
      documents.map((one) => one.id),
      { onSuccess: () => toast.success(t("Thank you. It is noted that you agree.")) },
    );
  return (
    <section
      aria-labelledby={id}
      data-slot="consent-banner"
      className="fixed inset-x-3 bottom-[calc(5rem+env(safe-area-inset-bottom))] z-20 grid gap-3 rounded-md border border-line bg-card p-4 text-[0.9375rem] shadow-lg md:inset-x-auto md:right-6 md:bottom-6 md:max-w-md print:hidden"
    >
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h2 id={id} className="text-base font-semibold">
            {t("Please read, and say that you agree")}
          </h2>
          <ul>
            {documents.map((one) => (
              <li key={one.id}>
                <Named document={one} />
              </li>
            ))}
          </ul>
        </div>
        <Button size="sm" busy={agree.isPending} onClick={send}>
          {documents.length === 1 ? t("Agree") : t("Agree to all of them")}
        </Button>
      </div>
      {agree.isError ? <ErrorState error={agree.error} title={t("That was not noted")} /> : null}
    </section>
  );
}

/** The public page opens beside the app, so that what is typed here stays. */
function Named({
  document: { title, version, url, effective_from },
}: {
  document: DocumentVersionOut;
}) {
  return (
    <>
      <a
        href={url}
        target="_blank"
        rel="noopener"
        className="font-medium underline underline-offset-4"
      >
        {t("{title}, version {version}", { title, version })}
        <span className="sr-only"> {t("(opens in a new tab)")}</span>
      </a>
      <span className="text-ink-soft">
        {" "}
        · {t("in force since {day}", { day: nameOfDay(effective_from) })}
      </span>
    </>
  );
}
