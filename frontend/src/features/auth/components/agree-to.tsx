import { Fragment } from "react";
import { Words } from "@/components/words";
import type { DocumentOut } from "@/lib/api-types";
import { locale, t } from "@/lib/i18n";

/** One sentence that names what a newcomer agrees to; each opens beside the form. */
export function AgreeTo({ documents }: { documents: readonly DocumentOut[] }) {
  if (documents.length === 0) return null;
  return (
    <p className="text-sm text-ink-soft">
      <Words
        text="With an account you agree to: <documents/>."
        parts={{ documents: <Documents documents={documents} /> }}
      />
    </p>
  );
}

function Documents({ documents }: { documents: readonly DocumentOut[] }) {
  const places = documents.map((_, index) => String(index));
  return new Intl.ListFormat(locale())
    .formatToParts(places)
    .map(({ type, value }, index) => (
      <Fragment key={index}>
        {type === "literal" ? value : <Document document={documents[Number(value)]} />}
      </Fragment>
    ));
}

function Document({ document }: { document: DocumentOut | undefined }) {
  if (document === undefined) return null;
  const { title, version, url } = document;
  return (
    <a
      href={url}
      target="_blank"
      rel="noopener"
      className="font-medium text-ink underline underline-offset-4"
    >
      {t("{title}, version {version}", { title, version })}
      <span className="sr-only"> ({t("opens in a new tab")})</span>
    </a>
  );
}
