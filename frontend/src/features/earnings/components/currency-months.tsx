import { type ReactNode, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Money } from "@/components/ui/money";
import { MonthBars } from "@/features/earnings/components/month-bars";
import { MonthTable } from "@/features/earnings/components/month-table";
import { WHAT_WORDS } from "@/features/earnings/words";
import type { AnalyticsOut, SumsOut } from "@/lib/api-types";
import { cn } from "@/lib/cn";
import { t, tn } from "@/lib/i18n";
import type { Money as Amount } from "@/lib/money";

/** One currency: the plot, the same numbers as a table, and how the whole time adds up. */
export function CurrencyMonths({ total, analytics }: { total: SumsOut; analytics: AnalyticsOut }) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const { currency } = total;
  const months = analytics.months.flatMap(({ month, currencies }) => {
    const sums = currencies.find((one) => one.currency === currency);
    return sums === undefined ? [] : [{ month, sums }];
  });
  return (
    <div className="grid min-w-0 gap-5">
      <h3 className="text-lg">{t("Earned in {currency}", { currency })}</h3>
      <MonthBars
        currency={currency}
        months={months.map(({ month, sums }) => ({ month, amount: sums.earned }))}
      />
      <div className="grid min-w-0 gap-3">
        <Button
          variant="secondary"
          size="sm"
          className="justify-self-start print:hidden"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          {open ? t("Hide the table") : t("Show as a table")}
          <span className="sr-only">: {currency}</span>
        </Button>
        <div id={id} className="min-w-0" hidden={!open}>
          {open ? <MonthTable months={months} total={total} zone={analytics.time_zone} /> : null}
        </div>
      </div>
      <Sum total={total} />
    </div>
  );
}

/** From what clients paid to what the available money changed by, each part in its own row. */
function Sum({ total }: { total: SumsOut }) {
  const less = [
    { label: t("Payment fees"), amount: total.gateway_fee },
    { label: t("Commission"), amount: total.commission },
    { label: t("Refunded before it was available"), amount: total.went_back },
  ].filter(({ amount }) => amount.amount !== 0);
  return (
    <dl className="grid max-w-md gap-1">
      <Item
        label={tn(total.sales, "Price of {count} session", "Price of {count} sessions")}
        amount={total.price}
      />
      {less.map(({ label, amount }) => (
        <Item key={label} label={label} amount={{ ...amount, amount: -amount.amount }} />
      ))}
      <Item label={t("Earned")} amount={total.earned} sum />
      {total.others.map(({ what, amount }) => (
        <Item key={what} label={t(WHAT_WORDS[what])} amount={amount} />
      ))}
      {total.others.length === 0 ? null : (
        <Item label={t("Change of your available money")} amount={total.net} sum />
      )}
      <Item label={t("Paid out in this time")} amount={total.paid_out} />
    </dl>
  );
}

type ItemProps = { label: ReactNode; amount: Amount; sum?: boolean };

function Item({ label, amount, sum = false }: ItemProps) {
  return (
    <div
      className={cn(
        "flex items-baseline justify-between gap-4",
        sum && "mb-2 border-t border-line-strong pt-1 font-semibold",
      )}
    >
      <dt className={cn("min-w-0", !sum && "text-ink-soft")}>{label}</dt>
      <dd className="text-right">
        <Money value={amount} />
      </dd>
    </div>
  );
}
