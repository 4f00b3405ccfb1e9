import { Money } from "@/components/ui/money";
import { plotOf, stepOf } from "@/features/earnings/bars";
import type { Month } from "@/lib/days";
import { t } from "@/lib/i18n";
import { formatMoney, type Money as Amount } from "@/lib/money";
import { nameOfMonth } from "@/lib/time";

const WIDE = 10; // of each month, in the drawing's own units
const BAR = 7;
const MOST_NAMES = 6;

type MonthBarsProps = {
  currency: string;
  months: readonly { month: Month; amount: Amount }[];
};

/** A bar for each month. Said in one sentence to who does not see it; the table has every number. */
export function MonthBars({ currency, months }: MonthBarsProps) {
  const plot = plotOf(months.map(({ amount }) => amount.amount));
  const best = months.find(({ amount }) => amount.amount === plot.highest);
  const [first, last] = [months[0], months.at(-1)];
  if (first === undefined || last === undefined) return null;
  if (plot.highest === 0 && plot.lowest === 0) {
    return <p className="text-ink-soft">{t("No session brought anything in these months.")}</p>;
  }
  const span = t("Earned in {currency} by month, {first} to {last}.", {
    currency,
    first: nameOfMonth(first.month),
    last: nameOfMonth(last.month),
  });
  const most =
    best === undefined
      ? ""
      : t("Most in {month}: {amount}.", {
          month: nameOfMonth(best.month),
          amount: formatMoney(best.amount),
        });
  return (
    <div className="grid gap-1">
      <p className="text-right text-sm text-ink-soft">
        <span className="sr-only">{t("The highest bar is")} </span>
        <Money value={{ ...first.amount, amount: plot.highest }} />
      </p>
      <svg
        role="img"
        aria-label={`${span} ${most}`.trim()}
        viewBox={`0 0 ${months.length * WIDE} 100`}
        preserveAspectRatio="none"
        className="h-40 w-full overflow-visible [print-color-adjust:exact]"
      >
        <Line at={0} wide={months.length * WIDE} className="stroke-line" />
        {plot.bars.map(({ top, height }, place) => {
          const one = months[place] ?? first;
          return (
            <rect
              key={one.month}
              x={place * WIDE + (WIDE - BAR) / 2}
              y={top}
              width={BAR}
              height={height}
              className="fill-accent"
            >
              <title>{`${nameOfMonth(one.month)}: ${formatMoney(one.amount)}`}</title>
            </rect>
          );
        })}
        <Line at={plot.zero} wide={months.length * WIDE} className="stroke-line-strong" />
      </svg>
      <Names months={months.map(({ month }) => month)} />
    </div>
  );
}

function Line({ at, wide, className }: { at: number; wide: number; className: string }) {
  return (
    <line
      x1={0}
      x2={wide}
      y1={at}
      y2={at}
      className={className}
      strokeWidth={1}
      vectorEffect="non-scaling-stroke"
    />
  );
}

/** Under the bars: as many months as there is room for, the year where it is another one. */
function Names({ months }: { months: readonly Month[] }) {
  const step = stepOf(months.length, MOST_NAMES);
  return (
    <div aria-hidden="true" className="flex text-xs leading-tight text-ink-soft">
      {months.map((month, place) => {
        const [name = ""] = nameOfMonth(month).split(" ");
        const before = months[place - step];
        const newYear = before?.slice(0, 4) !== month.slice(0, 4);
        return (
          <span key={month} className="flex min-w-0 flex-1 justify-center whitespace-nowrap">
            {place % step === 0 ? (
              <span className="text-center">
                {name.slice(0, 3)}
                <br />
                {newYear ? month.slice(0, 4) : null}
              </span>
            ) : null}
          </span>
        );
      })}
    </div>
  );
}
