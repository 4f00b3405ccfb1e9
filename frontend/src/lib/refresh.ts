// Trades the HttpOnly cookie for a new access token: once at a time, in this tab and across tabs.

import type { Problem, TokenOut } from "@/lib/api-types";
import { ApiError, Unreachable } from "@/lib/problem";
import { token } from "@/lib/token";

const LOCK = "counterfoil.refresh";
const PATIENCE_MS = 15_000;

let running: Promise<string | null> | null = null;

/** A token newer than `stale`, or null when the sign-in is over (the token is then cleared). */
export function refreshed(stale: string): Promise<string | null> {
  running ??= alone(() => trade(stale)).finally(() => {
    running = null;
  });
  return running;
}

/** Web Locks exist in secure contexts; elsewhere the server's grace for twins has to do. */
async function alone(work: () => Promise<string | null>): Promise<string | null> {
  const locks = (navigator as Partial<Navigator>).locks;
  return await (locks === undefined ? work() : locks.request(LOCK, work));
}

async function ask(): Promise<Response> {
  const address = `${location.origin}/api/users/refresh`;
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    return await globalThis.fetch(new Request(address, { method: "POST", signal }));
  } catch (error) {
    throw new Unreachable(error); // no answer is no refusal: the sign-in stays
  }
}

async function trade(stale: string): Promise<string | null> {
  const current = token.read();
  if (current !== stale) return current; // another tab was quicker, or signed out

  const response = await ask();
  if (response.status === 401 || response.status === 403) {
    token.clear("ended");
    return null;
  }
  if (!response.ok) {
    throw new ApiError((await response.json().catch(() => ({}))) as Partial<Problem>, response);
  }
  const answer = (await response.json()) as TokenOut;
  token.write(answer.token);
  return answer.token;
}
