// What has to outlive a step of the registration, and where it may lie meanwhile.

import type { Registration } from "@/features/auth/api/account";

// With the password, so in memory alone: a reload forgets it, and with it "send again".
let pending: Registration | null = null;

export const pendingRegistration = {
  keep: (registration: Registration | null) => {
    pending = registration;
  },
  of: (email: string) => (pending?.email === email ? pending : null),
};

const WISH = "counterfoil.wish";

/** Where the person wanted to go: the mail's link may open in another tab. */
export const wish = {
  keep: (next: string | null) => {
    if (next !== null) localStorage.setItem(WISH, next);
  },
  take: (): string | null => {
    const next = localStorage.getItem(WISH);
    localStorage.removeItem(WISH);
    return next;
  },
};
