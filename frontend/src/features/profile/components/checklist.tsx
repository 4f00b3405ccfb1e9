import { Circle, CircleCheck } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import type { CheckOut } from "@/lib/api-types";
import { cn } from "@/lib/cn";
import { t, tn } from "@/lib/i18n";

/** The points that curators tick, and what the program sees of each by itself. */
export function Checklist({ rows, open }: { rows: readonly CheckOut[]; open: boolean }) {
  const done = rows.filter((row) => row.done).length;
  return (
    <Card className="grid gap-4">
      <div className="grid gap-1">
        <h2 className="text-lg">{t("Checklist")}</h2>
        <p className="text-ink-soft">
          {tn(
            done,
            "The curators have the same one: {count} of {total} points is ticked.",
            "The curators have the same one: {count} of {total} points are ticked.",
            { total: rows.length },
          )}
          {open ? ` ${t("They accept you once all are ticked.")}` : ""}
        </p>
      </div>
      <ul className="grid divide-y divide-line">
        {rows.map((row) => (
          <Point key={row.check} row={row} />
        ))}
      </ul>
    </Card>
  );
}

function Point({ row }: { row: CheckOut }) {
  const Icon = row.done ? CircleCheck : Circle;
  return (
    <li className="flex gap-3 py-3 first:pt-0 last:pb-0">
      <Icon
        aria-hidden="true"
        className={cn("mt-0.5 size-5 shrink-0", row.done ? "text-success" : "text-ink-soft")}
      />
      <div className="grid min-w-0 flex-1 gap-0.5">
        <div className="flex flex-wrap items-center justify-between gap-2">
          <p className="font-medium">{row.label}</p>
          <Badge tone={row.done ? "success" : "quiet"}>{row.done ? t("Ticked") : t("Open")}</Badge>
        </div>
        <p className="text-ink-soft">{row.asked}</p>
        <p className="text-sm break-words text-ink-soft">
          {t("We see: {seen}", { seen: row.seen })}
        </p>
      </div>
    </li>
  );
}
