import { useQuery } from "@tanstack/react-query";
import { Package } from "lucide-react";
import { Link } from "react-router";
import { savingOf } from "@/features/packages/saving";
import type { SessionTypeOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t, tn } from "@/lib/i18n";
import { formatMoney } from "@/lib/money";
import { packageOffersQuery, usablePackagesQuery } from "@/lib/packages";
import { paths } from "@/lib/paths";
import { formatDay } from "@/lib/time";

type PackageHintProps = { slug: string; type: SessionTypeOut };

/**
 * Beside a booking: the package that will pay for it, else one to buy. A remark and no more: what
 * cannot be read is asked for again at the payment.
 */
export function PackageHint({ slug, type }: PackageHintProps) {
  const user = useUser();
  const own = useQuery({ ...usablePackagesQuery(type.id), enabled: user.can_book });
  const offers = useQuery({ ...packageOffersQuery(slug), enabled: user.can_book });
  const [usable] = own.data ?? [];
  if (usable !== undefined) {
    const values = { day: formatDay(usable.expires_at ?? usable.created_at, user.time_zone) };
    return (
      <Hint>
        {tn(
          usable.credits_left,
          "Your package has {count} session left, until {day}. You choose it at the payment.",
          "Your package has {count} sessions left, until {day}. You choose it at the payment.",
          values,
        )}
      </Hint>
    );
  }
  const fitting = (offers.data ?? []).filter((offer) => offer.session_type.id === type.id);
  const best = fitting.toSorted((one, other) => savingOf(other, type) - savingOf(one, type))[0];
  if (own.data === undefined || best === undefined) return null;
  return (
    <Hint>
      <Link
        to={paths.buyPackage(slug, best.id)}
        className="text-accent underline underline-offset-4"
      >
        {t("{count} sessions in a package: {price}", {
          count: best.sessions,
          price: formatMoney(best.price, { code: false }),
        })}
      </Link>
    </Hint>
  );
}

function Hint({ children }: { children: React.ReactNode }) {
  return (
    <p className="flex gap-2 text-sm text-ink-soft">
      <Package aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
      <span>{children}</span>
    </p>
  );
}
