// The server's time: a hold ends by its clock, and a phone's clock may be minutes off.

const TRUSTED_MS = 3_000; // the header counts whole seconds, and the answer travels

let ahead = 0;

/** Learn from an answer of our own server how far its clock is from this one. */
export function noteServerTime(response: Response): void {
  const said = Date.parse(response.headers.get("Date") ?? "");
  if (Number.isNaN(said)) return;
  const difference = said - Date.now();
  ahead = Math.abs(difference) > TRUSTED_MS ? difference : 0;
}

/** Milliseconds since 1970 by the server's clock. */
export function serverNow(): number {
  return Date.now() + ahead;
}
