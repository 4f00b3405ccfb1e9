import { Button } from "@/components/ui/button";
import type { View } from "@/features/booking/hooks/use-booker-address";
import { cn } from "@/lib/cn";
import { msg, t } from "@/lib/i18n";

const VIEWS: readonly [View, string][] = [
  ["month", msg("Month")],
  ["week", msg("Week")],
];

type ViewSwitchProps = { view: View; onView: (view: View) => void; className?: string };

export function ViewSwitch({ view, onView, className }: ViewSwitchProps) {
  return (
    <fieldset className={cn("flex w-fit gap-1 rounded-md bg-sunk p-1", className)}>
      <legend className="sr-only">{t("Show")}</legend>
      {VIEWS.map(([name, words]) => (
        <Button
          key={name}
          variant="ghost"
          size="sm"
          aria-pressed={view === name}
          className={cn(view === name && "border-line bg-card shadow-sm hover:bg-card")}
          onClick={() => onView(name)}
        >
          {t(words)}
        </Button>
      ))}
    </fieldset>
  );
}
