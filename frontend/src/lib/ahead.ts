// Answers that the page asked for before its scripts were there (templates/app/index.html), so that
// the first screen does not wait for one after the other. The server names them (platform/spa).

type Ahead = { token: string; answers: Map<string, Promise<Response | null>> };

declare global {
  var counterfoilAhead: Ahead | undefined;
}

/**
 * The answer to this very request, or null: it was not asked for, was taken before, is somebody
 * else's, or the network failed, so that the caller asks for itself.
 */
export async function takeAhead(request: Request): Promise<Response | null> {
  const ahead = globalThis.counterfoilAhead;
  if (ahead === undefined || request.method !== "GET") return null;
  if (request.headers.get("Authorization") !== `Bearer ${ahead.token}`) return null;
  const address = request.url.slice(location.origin.length);
  const answer = ahead.answers.get(address);
  if (answer === undefined) return null;
  ahead.answers.delete(address); // whoever asks again wants to know what has changed
  return answer;
}

/** Forget what nobody took: the first screen is drawn, and an answer grows old. */
export function forgetAhead(): void {
  globalThis.counterfoilAhead = undefined;
}
