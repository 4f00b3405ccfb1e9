import { type ComponentProps, lazy, Suspense, useState } from "react";
import type { UserOut } from "@/lib/api-types";
import { cn } from "@/lib/cn";
import { t } from "@/lib/i18n";

type AccountButtonProps = ComponentProps<"button"> & { user: UserOut };

/** Who is signed in: what opens the account menu. */
export function AccountButton({ user, className, ...props }: AccountButtonProps) {
  return (
    <button
      type="button"
      className={cn(
        "flex min-h-11 items-center gap-2 rounded-full py-1 pr-1 pl-1 hover:bg-sunk sm:pl-3",
        className,
      )}
      aria-label={t("Account of {name}", { name: user.name })}
      {...props}
    >
      <span className="hidden max-w-40 truncate text-sm font-medium sm:block">{user.name}</span>
      <span
        aria-hidden="true"
        className="flex size-9 items-center justify-center rounded-full bg-accent text-sm font-semibold text-accent-ink"
      >
        {initialsOf(user.name)}
      </span>
    </button>
  );
}

const fetchMenu = () => import("@/app/account-menu");
const AccountMenu = lazy(async () => ({ default: (await fetchMenu()).AccountMenu }));

type LazyAccountMenuProps = { user: UserOut; onSignOut: () => Promise<void> };

/**
 * The button alone; the menu behind it, a sixth of what a page weighs, is fetched when somebody
 * turns to it. A menu that cannot be fetched leaves the button, which tries again.
 */
export function LazyAccountMenu({ user, onSignOut }: LazyAccountMenuProps) {
  const [opened, setOpened] = useState(false);
  const ahead = () => void fetchMenu().catch(() => undefined);
  const open = () =>
    void fetchMenu()
      .then(() => setOpened(true))
      .catch(() => undefined);
  const button = (
    <AccountButton
      user={user}
      aria-haspopup="menu"
      aria-expanded={false}
      onPointerEnter={ahead}
      onFocus={ahead}
      onClick={open}
      onKeyDown={({ key }) => key === "ArrowDown" && open()}
    />
  );
  if (!opened) return button;
  return (
    <Suspense fallback={button}>
      <AccountMenu user={user} onSignOut={onSignOut} />
    </Suspense>
  );
}

function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return ends
    .map((word) => Array.from(word ?? "")[0] ?? "")
    .join("")
    .toUpperCase();
}
