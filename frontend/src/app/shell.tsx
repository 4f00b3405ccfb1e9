import { useQuery } from "@tanstack/react-query";
import { CalendarDays, House, type LucideIcon, MessageSquare, Search, UserPen } from "lucide-react";
import type { ReactNode } from "react";
import { Link, NavLink, useMatches } from "react-router";
import { LazyAccountMenu } from "@/app/account-button";
import type { RouteHandle } from "@/app/router";
import { Wordmark } from "@/app/wordmark";
import type { UserOut } from "@/lib/api-types";
import { cn } from "@/lib/cn";
import { msg, t } from "@/lib/i18n";
import { unreadQuery } from "@/lib/messages";
import { paths } from "@/lib/paths";

type Place = {
  to: string;
  label: string;
  /** How the label begins, which is enough where the bar is full. */
  short?: string;
  icon: LucideIcon;
  end?: boolean;
  counts?: boolean;
};

const PLACES: readonly Place[] = [
  { to: paths.home(), label: msg("Home"), icon: House, end: true },
  { to: paths.mentors(), label: msg("Find a mentor"), short: msg("Find"), icon: Search },
  { to: paths.sessions(), label: msg("Sessions"), icon: CalendarDays },
  { to: paths.messages(), label: msg("Messages"), icon: MessageSquare, counts: true },
];

const PROFILE: Place = { to: paths.profile(), label: msg("Profile"), icon: UserPen };

/** Mentors have their profile; it stands in place of the search for those who book nothing. */
function placesOf(user: UserOut): readonly Place[] {
  if (user.mentor === null) return PLACES;
  const search = paths.mentors();
  const rest = user.can_book ? PLACES : PLACES.filter((place) => place.to !== search);
  return [...rest, PROFILE];
}

type ShellProps = { user: UserOut; onSignOut: () => Promise<void>; children: ReactNode };

/** Header and navigation; on a phone the navigation lies at the bottom, in thumb reach. */
export function Shell({ user, onSignOut, children }: ShellProps) {
  const focused = useMatches().some((match) => (match.handle as RouteHandle | undefined)?.focused);
  const places = placesOf(user);
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="sticky top-0 z-30 border-b border-line bg-card print:hidden">
        <div className="mx-auto flex h-16 max-w-6xl items-center gap-6 px-4 sm:px-6">
          <Link to={paths.home()} className="flex rounded-sm">
            <Wordmark />
          </Link>
          <nav aria-label={t("Main")} className="ml-2 hidden h-full md:flex">
            {places.map((place) => (
              <NavLink
                key={place.to}
                to={place.to}
                end={place.end ?? false}
                className={({ isActive }) =>
                  cn(
                    "flex items-center border-b-2 border-transparent px-3 pt-0.5 font-medium text-ink-soft hover:text-ink",
                    isActive && "border-accent text-ink",
                  )
                }
              >
                {t(place.label)} {place.counts ? <Unread className="ml-2" /> : null}
              </NavLink>
            ))}
          </nav>
          <div className="ml-auto">
            <LazyAccountMenu user={user} onSignOut={onSignOut} />
          </div>
        </div>
      </header>
      <main
        id="main"
        tabIndex={-1}
        className={cn(
          "mx-auto w-full max-w-6xl flex-1 px-4 py-6 sm:px-6 sm:py-10",
          !focused && "pb-28 md:pb-10",
          "print:max-w-none print:p-0",
        )}
      >
        {children}
      </main>
      {focused ? null : <TabBar places={places} />}
    </div>
  );
}

/** So many labels have room for all of their words on a phone. */
const MOST_WHOLE = 4;

function TabBar({ places }: { places: readonly Place[] }) {
  return (
    <nav
      aria-label={t("Main")}
      className="fixed inset-x-0 bottom-0 z-30 grid auto-cols-fr grid-flow-col border-t border-line bg-card pb-[env(safe-area-inset-bottom)] md:hidden print:hidden"
    >
      {places.map(({ to, label, short, icon: Icon, end, counts }) => (
        <NavLink
          key={to}
          to={to}
          end={end ?? false}
          className={({ isActive }) =>
            cn(
              "relative flex h-16 flex-col items-center gap-1 pt-3 text-center text-xs leading-none font-medium text-ink-soft",
              isActive && "text-accent",
            )
          }
        >
          <Icon aria-hidden="true" className="size-5" />
          <span>
            {short && t(short)}
            <span className={cn(short && places.length > MOST_WHOLE && "sr-only")}>
              {t(label).slice(short ? t(short).length : 0)}
            </span>
          </span>{" "}
          {counts ? <Unread className="absolute top-1.5 left-1/2 ml-1" /> : null}
        </NavLink>
      ))}
    </nav>
  );
}

const MOST = 99;

/** How many messages wait; silent where none do, or where that is not known. */
function Unread({ className }: { className?: string }) {
  const count = useQuery(unreadQuery).data?.messages ?? 0;
  if (count === 0) return null;
  return (
    <span
      className={cn(
        "tabular min-w-5 rounded-full bg-accent px-1.5 text-center text-xs leading-5 font-semibold text-accent-ink",
        className,
      )}
    >
      <span aria-hidden="true">{count > MOST ? `${MOST}+` : count}</span>
      <span className="sr-only">{t("{count} unread", { count })}</span>
    </span>
  );
}
