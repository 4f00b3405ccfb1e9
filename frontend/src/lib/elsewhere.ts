// A visit to another site to sign in there: what this tab began, and what it comes back with.

type Visit = { ceremony: string; wish: "sign-in" | "connect"; next: string };

const KEY = "counterfoil:elsewhere";

/** Keep in this tab alone what proves that the answer belongs to it, and go. */
export function goElsewhere(visit: Visit, address: string): void {
  sessionStorage.setItem(KEY, JSON.stringify(visit));
  location.assign(address);
}

/** Leave the app for a page of another site, in this tab. */
export function leaveFor(address: string): void {
  location.assign(address);
}

/** What this tab began, once; null where it began nothing. */
export function takeVisit(): Visit | null {
  const kept = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  return kept === null ? null : (JSON.parse(kept) as Visit);
}

/** What the other site sent along: in the query, or behind `#` where it posts a form. */
export function answerIn(search: string, hash: string): { state: string; code: string } | null {
  const said = new URLSearchParams(search.length > 1 ? search : hash.slice(1));
  const [state, code] = [said.get("state"), said.get("code")];
  return state === null || code === null ? null : { state, code };
}
