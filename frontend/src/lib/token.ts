// The access token in localStorage: read by every call, followed across tabs.

const KEY = "counterfoil.token";

/** Why there is no token: never had one, left by own wish, or it ran out or was ended. */
export type Absence = "none" | "left" | "ended";

type Listener = () => void;
const listeners = new Set<Listener>();
let absence: Absence = "none";

function changed(): void {
  for (const listener of listeners) listener();
}

export const token = {
  read: (): string | null => localStorage.getItem(KEY),

  write(value: string): void {
    localStorage.setItem(KEY, value);
    changed();
  },

  clear(why: Absence): void {
    absence = why;
    localStorage.removeItem(KEY);
    changed();
  },

  absence: (): Absence => absence,

  /** Say whether another tab has changed the token; no key means that it has emptied everything. */
  isIn: ({ key, storageArea }: StorageEvent): boolean =>
    storageArea === localStorage && (key === KEY || key === null),

  /** Call `listener` whenever this tab or another one changes the token. */
  subscribe: (listener: Listener): (() => void) => {
    const fromElsewhere = (event: StorageEvent) => {
      if (!token.isIn(event)) return;
      if (event.newValue === null) absence = "ended";
      listener();
    };
    listeners.add(listener);
    window.addEventListener("storage", fromElsewhere);
    return () => {
      listeners.delete(listener);
      window.removeEventListener("storage", fromElsewhere);
    };
  },
};
