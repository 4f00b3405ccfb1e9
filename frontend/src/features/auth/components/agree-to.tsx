import { Fragment } from "react";
import type { DocumentOut } from "@/lib/api-types";

/** One sentence that names what a newcomer agrees to; each opens beside the form. */
export function AgreeTo({ documents }: { documents: readonly DocumentOut[] }) {
  if (documents.length === 0) return null;
  return (
    <p className="text-sm text-ink-soft">
      With an account you agree to:{" "}
      {documents.map(({ id, title, version, url }, index) => (
        <Fragment key={id}>
          {index === 0 ? null : index === documents.length - 1 ? " and " : ", "}
          <a
            href={url}
            target="_blank"
            rel="noopener"
            className="font-medium text-ink underline underline-offset-4"
          >
            {title}, version {version}
            <span className="sr-only"> (opens in a new tab)</span>
          </a>
        </Fragment>
      ))}
      .
    </p>
  );
}
