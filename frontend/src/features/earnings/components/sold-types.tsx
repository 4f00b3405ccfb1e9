import { Money } from "@/components/ui/money";
import type { AnalyticsOut } from "@/lib/api-types";
import { t } from "@/lib/i18n";

/** Which sessions brought most in the whole time. */
export function SoldTypes({ types }: { types: AnalyticsOut["session_types"] }) {
  return (
    <div className="grid gap-3">
      <h3 className="text-lg">{t("What brought most")}</h3>
      <table className="w-full border-collapse text-left">
        <caption className="sr-only">{t("Earned by kind of session, the most first")}</caption>
        <thead>
          <tr className="border-b border-line-strong text-sm text-ink-soft">
            <th scope="col" className="py-2 pr-3 font-medium">
              {t("Session")}
            </th>
            <th scope="col" className="py-2 pl-2 text-right font-medium">
              {t("Earned")}
            </th>
          </tr>
        </thead>
        <tbody>
          {types.map(({ id, name, sales, earned }) => (
            <tr key={`${id} ${earned.currency}`} className="border-b border-line align-top">
              <th scope="row" className="py-2 pr-3 font-medium wrap-anywhere">
                {name}
                <span className="block text-sm font-normal text-ink-soft">
                  {t("{count} sold", { count: sales })}
                </span>
              </th>
              <td className="py-2 pl-2 text-right">
                <Money value={earned} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
