// What the app shows of a person without a network: who they are and their next sessions, as they
// were last read. One person's, in this browser, for some days; never a token, nor a room's address.

import type { DashboardOut, SessionOut, UserOut } from "@/lib/api-types";
import { token } from "@/lib/token";

const KEY = "counterfoil.kept";
const LONGEST_MS = 7 * 86_400_000;
const MOST = 20;

export type KeptSession = Pick<SessionOut, "id" | "status" | "starts_at" | "ends_at"> & {
  title: string;
  whom: string;
  /** Of the mentor, in which the session was agreed. */
  zone: string;
};

export type Kept = { at: number; user: UserOut; sessions: KeptSession[] };

export const kept = {
  /** Of the person whom the token names; nothing where it is another's, too old or damaged. */
  read(now = Date.now()): Kept | null {
    const found = parsed(localStorage.getItem(KEY));
    if (found === null) return null;
    if (found.user.id !== tokenSubject()) return null;
    return now - found.at > LONGEST_MS || found.at > now ? null : found;
  },

  /** Keep what was read for `user`, unless somebody else has signed in meanwhile. */
  write(user: UserOut, dashboard: DashboardOut, now = Date.now()): void {
    if (user.id !== tokenSubject()) return;
    const sessions = nextOf(user, dashboard).slice(0, MOST);
    try {
      localStorage.setItem(KEY, JSON.stringify({ at: now, user, sessions } satisfies Kept));
    } catch {
      kept.forget(); // no room: then nothing, rather than what was true before
    }
  },

  forget: (): void => localStorage.removeItem(KEY),
};

function nextOf(user: UserOut, { client, mentor }: DashboardOut): KeptSession[] {
  const all = [...(client?.upcoming.items ?? []), ...(mentor?.upcoming.items ?? [])];
  return all
    .map((session) => ({
      id: session.id,
      status: session.status,
      starts_at: session.starts_at,
      ends_at: session.ends_at,
      title: session.session_type.name,
      whom: user.mentor?.slug === session.mentor.slug ? session.client.name : session.mentor.name,
      zone: session.mentor.time_zone,
    }))
    .sort((one, other) => Date.parse(one.starts_at) - Date.parse(other.starts_at));
}

function parsed(text: string | null): Kept | null {
  if (text === null) return null;
  try {
    const found = JSON.parse(text) as Partial<Kept>;
    const isWhole = typeof found.at === "number" && found.user && Array.isArray(found.sessions);
    return isWhole ? (found as Kept) : null;
  } catch {
    return null;
  }
}

/** Whom the access token was given to (RFC 9068, `sub`). Read, not checked: the server checks. */
function tokenSubject(): string | null {
  try {
    const [, claims = ""] = (token.read() ?? "").split(".");
    const text = atob(claims.replaceAll("-", "+").replaceAll("_", "/"));
    return (JSON.parse(text) as { sub?: string }).sub ?? null;
  } catch {
    return null;
  }
}
