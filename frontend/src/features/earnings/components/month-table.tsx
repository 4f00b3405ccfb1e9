import { Money } from "@/components/ui/money";
import type { SumsOut } from "@/lib/api-types";
import { cn } from "@/lib/cn";
import type { Month } from "@/lib/days";
import { msg, t } from "@/lib/i18n";
import type { Money as Amount } from "@/lib/money";
import { cityOf, nameOfMonth } from "@/lib/time";

type MonthTableProps = {
  months: readonly { month: Month; sums: SumsOut }[];
  total: SumsOut;
  zone: string;
};

const COLUMNS: readonly { name: string; of: (sums: SumsOut) => Amount }[] = [
  { name: msg("Price"), of: (sums) => sums.price },
  { name: msg("Payment fee"), of: (sums) => sums.gateway_fee },
  { name: msg("Commission"), of: (sums) => sums.commission },
  { name: msg("Refunded"), of: (sums) => sums.went_back },
  { name: msg("Earned"), of: (sums) => sums.earned },
  {
    name: msg("Other"),
    of: ({ net, earned }) => ({ ...net, amount: net.amount - earned.amount }),
  },
  { name: msg("Paid out"), of: (sums) => sums.paid_out },
];

/** The numbers of the plot, month by month, with what they are made of. */
export function MonthTable({ months, total, zone }: MonthTableProps) {
  const caption = t("{currency} by month, as the clock in {city} shows it", {
    currency: total.currency,
    city: cityOf(zone),
  });
  return (
    // It is wider than a phone: who has no pointer moves it by the arrow keys.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div role="region" aria-label={caption} tabIndex={0} className="overflow-x-auto">
      <table className="w-full border-collapse text-sm">
        <caption className="pb-2 text-left text-ink-soft">{caption}</caption>
        <thead>
          <tr className="border-b border-line-strong text-ink-soft">
            <Head className="pl-0 text-left">{t("Month")}</Head>
            <Head>{t("Sessions")}</Head>
            {COLUMNS.map(({ name }) => (
              <Head key={name} className="last:pr-0">
                {t(name)}
              </Head>
            ))}
          </tr>
        </thead>
        <tbody>
          {months.map(({ month, sums }) => (
            <Row key={month} name={nameOfMonth(month)} sums={sums} />
          ))}
        </tbody>
        <tfoot>
          <Row name={t("Together")} sums={total} className="border-t-2 border-line-strong" />
        </tfoot>
      </table>
    </div>
  );
}

function Head({ className, children }: { className?: string; children: string }) {
  return (
    <th scope="col" className={cn("px-2 py-2 text-right font-medium", className)}>
      {children}
    </th>
  );
}

function Row({ name, sums, className }: { name: string; sums: SumsOut; className?: string }) {
  return (
    <tr className={cn("border-b border-line", className)}>
      <th scope="row" className="py-2 pr-3 text-left font-medium whitespace-nowrap">
        {name}
      </th>
      <td className="tabular px-2 py-2 text-right">{sums.sales}</td>
      {COLUMNS.map(({ name: column, of }) => (
        <td key={column} className="px-2 py-2 text-right last:pr-0">
          <Money value={of(sums)} code={false} />
        </td>
      ))}
    </tr>
  );
}
