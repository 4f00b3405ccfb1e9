import { Trash2 } from "lucide-react";
import { type ReactNode, useId } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { cn } from "@/lib/cn";
import { t } from "@/lib/i18n";

type SectionProps = { title: string; about: ReactNode; children: ReactNode };

/** A titled part of the form on a card. */
export function Section({ title, about, children }: SectionProps) {
  const id = useId();
  return (
    <Card>
      <section aria-labelledby={id} className="grid gap-4">
        <div className="grid gap-1">
          <h2 id={id} className="text-lg">
            {title}
          </h2>
          <p className="text-ink-soft">{about}</p>
        </div>
        {children}
      </section>
    </Card>
  );
}

type RemoveProps = { id: string; what: string; onRemove: () => void; className?: string };

/** Says what it removes; the row's id makes its own, so that the focus finds it. */
export function RemoveButton({ id, what, onRemove, className }: RemoveProps) {
  return (
    <Button
      id={removeId(id)}
      variant="ghost"
      size="icon"
      className={cn("shrink-0", className)}
      aria-label={t("Remove {what}", { what })}
      title={t("Remove {what}", { what })}
      onClick={onRemove}
    >
      <Trash2 aria-hidden="true" />
    </Button>
  );
}

/** The fields of a row, and beside all of them the button that removes it. */
export function RowFields({ remove, children }: { remove: ReactNode; children: ReactNode }) {
  return (
    <div className="flex items-start gap-2">
      <div className="flex min-w-0 flex-1 flex-wrap items-start gap-3">{children}</div>
      {remove}
    </div>
  );
}

export function removeId(id: string): string {
  return `${id}-remove`;
}

/** What is wrong with a row, tied to its controls by `faultId`. */
export function RowFault({ id, fault }: { id: string; fault: string | undefined }) {
  return (
    <p
      id={faultId(id)}
      aria-live="polite"
      className={cn("text-sm text-danger", fault === undefined && "hidden")}
    >
      {fault}
    </p>
  );
}

function faultId(id: string): string {
  return `${id}-fault`;
}

/** For each control of a row with a fault. */
export function marked(id: string, fault: string | undefined) {
  return fault === undefined ? {} : { "aria-invalid": true, "aria-describedby": faultId(id) };
}
