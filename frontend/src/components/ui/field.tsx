import { Slot } from "radix-ui";
import { type ReactNode, useId } from "react";
import { Label } from "@/components/ui/label";
import { cn } from "@/lib/cn";
import { t } from "@/lib/i18n";

type FieldProps = {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  optional?: boolean;
  className?: string;
  /** The control's, where something else has to find it. */
  id?: string;
  /** One control: it gets its id and is tied to the label, the hint and the error. */
  children: ReactNode;
};

export function Field({
  label,
  hint,
  error,
  optional = false,
  className,
  id: given,
  children,
}: FieldProps) {
  const made = useId();
  const id = given ?? made;
  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  const described = [hint ? hintId : "", error ? errorId : ""].filter(Boolean).join(" ");
  return (
    <div data-slot="field" className={cn("grid gap-1.5", className)}>
      <Label htmlFor={id}>
        {label}
        {optional ? <span className="font-normal text-ink-soft"> ({t("optional")})</span> : null}
      </Label>
      <Slot.Root
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={described || undefined}
      >
        {children}
      </Slot.Root>
      {hint ? (
        <p id={hintId} className="text-sm text-ink-soft">
          {hint}
        </p>
      ) : null}
      <p id={errorId} aria-live="polite" className={cn("text-sm text-danger", !error && "hidden")}>
        {error}
      </p>
    </div>
  );
}
