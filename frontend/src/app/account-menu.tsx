import {
  CalendarClock,
  FileDown,
  Globe,
  GraduationCap,
  KeyRound,
  LogOut,
  Mail,
  ReceiptText,
  Target,
  UserRound,
  Wallet,
} from "lucide-react";
import { Link } from "react-router";
import { AccountButton } from "@/app/account-button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import type { UserOut } from "@/lib/api-types";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { cityOf } from "@/lib/time";

type AccountMenuProps = { user: UserOut; onSignOut: () => Promise<void> };

/** Opens at once: it is fetched when somebody wants it (`LazyAccountMenu`). */
export function AccountMenu({ user, onSignOut }: AccountMenuProps) {
  return (
    <DropdownMenu defaultOpen>
      <DropdownMenuTrigger asChild>
        <AccountButton user={user} />
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        <DropdownMenuLabel>
          <span className="block font-semibold text-ink">{user.name}</span>
          <span className="block break-all">{user.email}</span>
          <span className="block">{t("Times in {city}", { city: cityOf(user.time_zone) })}</span>
        </DropdownMenuLabel>
        <DropdownMenuSeparator />
        <DropdownMenuItem asChild>
          <a href={user.mentor ? paths.public.mentor(user.mentor.slug) : paths.public.home()}>
            <Globe aria-hidden="true" />
            {user.mentor ? t("My public page") : t("Public site")}
          </a>
        </DropdownMenuItem>
        {user.mentor === null ? null : (
          <DropdownMenuItem asChild>
            <Link to={paths.earnings()}>
              <Wallet aria-hidden="true" />
              {t("Earnings")}
            </Link>
          </DropdownMenuItem>
        )}
        {user.mentor ? (
          <DropdownMenuItem asChild>
            <Link to={paths.availability()}>
              <CalendarClock aria-hidden="true" />
              {t("Availability")}
            </Link>
          </DropdownMenuItem>
        ) : null}
        {mayApply(user) ? (
          <DropdownMenuItem asChild>
            <Link to={paths.apply()}>
              <GraduationCap aria-hidden="true" />
              {t("Become a mentor")}
            </Link>
          </DropdownMenuItem>
        ) : null}
        <DropdownMenuItem asChild>
          <Link to={paths.goals()}>
            <Target aria-hidden="true" />
            {t("Goals")}
          </Link>
        </DropdownMenuItem>
        <DropdownMenuItem asChild>
          <Link to={paths.payments()}>
            <ReceiptText aria-hidden="true" />
            {t("Payments")}
          </Link>
        </DropdownMenuItem>
        <DropdownMenuSeparator />
        <DropdownMenuItem asChild>
          <Link to={paths.personSettings()}>
            <UserRound aria-hidden="true" />
            {t("Name and time zone")}
          </Link>
        </DropdownMenuItem>
        <DropdownMenuItem asChild>
          <Link to={paths.emailSettings()}>
            <Mail aria-hidden="true" />
            {t("E-mails")}
          </Link>
        </DropdownMenuItem>
        <DropdownMenuItem asChild>
          <Link to={paths.signInSettings()}>
            <KeyRound aria-hidden="true" />
            {t("Signing in")}
          </Link>
        </DropdownMenuItem>
        <DropdownMenuItem asChild>
          <Link to={paths.dataSettings()}>
            <FileDown aria-hidden="true" />
            {t("Your data")}
          </Link>
        </DropdownMenuItem>
        <DropdownMenuSeparator />
        <DropdownMenuItem onSelect={() => void onSignOut()}>
          <LogOut aria-hidden="true" />
          {t("Sign out")}
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

/** Neither a live mentor nor a suspended one applies. */
function mayApply({ mentor }: UserOut): boolean {
  return mentor === null || mentor.status === "applied";
}
