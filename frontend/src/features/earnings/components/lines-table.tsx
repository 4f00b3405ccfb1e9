import { Fragment } from "react";
import { Link } from "react-router";
import { Money } from "@/components/ui/money";
import { Words } from "@/components/words";
import { Dated } from "@/features/earnings/components/dated";
import { WHAT_WORDS } from "@/features/earnings/words";
import type { EarningLine } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { msg, t } from "@/lib/i18n";
import type { Money as Amount } from "@/lib/money";
import { paths } from "@/lib/paths";

type LinesTableProps = {
  caption: string;
  lines: readonly EarningLine[];
  /** What they sum to, where they are all there. */
  total?: { label: string; amount: Amount };
};

/** Lines of available money, each with its sale's exact parts. */
export function LinesTable({ caption, lines, total }: LinesTableProps) {
  return (
    <table className="w-full border-collapse text-left">
      <caption className="sr-only">{caption}</caption>
      <thead>
        <tr className="border-b border-line-strong text-sm text-ink-soft">
          <th scope="col" className="py-2 pr-4 font-medium">
            {t("What")}
          </th>
          <th scope="col" className="py-2 text-right font-medium">
            {t("Amount")}
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line, place) => (
          <Row key={`${line.at} ${place}`} line={line} />
        ))}
      </tbody>
      {total === undefined ? null : (
        <tfoot>
          <tr className="border-t-2 border-line-strong font-semibold">
            <th scope="row" className="py-3 pr-4 font-semibold">
              {total.label}
            </th>
            <td className="py-3 text-right">
              <Money value={total.amount} />
            </td>
          </tr>
        </tfoot>
      )}
    </table>
  );
}

function Row({ line }: { line: EarningLine }) {
  const { time_zone: zone } = useUser();
  const title = line.sale?.title ?? t(WHAT_WORDS[line.what]);
  return (
    <tr className="border-b border-line align-top break-inside-avoid">
      <th scope="row" className="py-3 pr-4 font-normal">
        <span className="block font-medium wrap-anywhere">
          {line.session_id === null ? (
            title
          ) : (
            <Link
              to={paths.session(line.session_id)}
              className="text-accent underline underline-offset-4 hover:no-underline print:text-ink print:no-underline"
            >
              {title}
            </Link>
          )}
        </span>
        <Dated at={line.at} zone={zone} className="block text-sm text-ink-soft" />
        {line.sale === null ? null : <Parts sale={line.sale} />}
      </th>
      <td className="py-3 text-right font-medium">
        <Money value={line.amount} />
      </td>
    </tr>
  );
}

/** "$100.00 paid − $3.20 payment fee − $15.00 commission": what the amount beside it is made of. */
function Parts({ sale }: { sale: NonNullable<EarningLine["sale"]> }) {
  const less = [
    { amount: sale.gateway_fee, words: msg("− <amount/> payment fee") },
    { amount: sale.commission, words: msg("− <amount/> commission") },
    { amount: sale.went_back, words: msg("− <amount/> refunded") },
  ].filter(({ amount }) => amount.amount !== 0);
  return (
    <span className="block text-sm text-ink-soft">
      <Words text="<amount/> price" parts={{ amount: <Money value={sale.price} code={false} /> }} />
      {less.map(({ amount, words }) => (
        <Fragment key={words}>
          {" "}
          <span className="inline-block">
            <Words text={words} parts={{ amount: <Money value={amount} code={false} /> }} />
          </span>
        </Fragment>
      ))}
    </span>
  );
}
