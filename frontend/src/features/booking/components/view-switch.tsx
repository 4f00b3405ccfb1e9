import { Button } from "@/components/ui/button";
import type { View } from "@/features/booking/hooks/use-booker-address";
import { cn } from "@/lib/cn";

const VIEWS: readonly [View, string][] = [
  ["month", "Month"],
  ["week", "Week"],
];

type ViewSwitchProps = { view: View; onView: (view: View) => void; className?: string };

export function ViewSwitch({ view, onView, className }: ViewSwitchProps) {
  return (
    <fieldset className={cn("flex w-fit gap-1 rounded-md bg-sunk p-1", className)}>
      <legend className="sr-only">Show</legend>
      {VIEWS.map(([name, words]) => (
        <Button
          key={name}
          variant="ghost"
          size="sm"
          aria-pressed={view === name}
          className={cn(view === name && "border-line bg-card shadow-sm hover:bg-card")}
          onClick={() => onView(name)}
        >
          {words}
        </Button>
      ))}
    </fieldset>
  );
}
