// One key for one wish: a call that was not answered is repeated under the same key, also after
// a reload, and a call that was answered never is.

import { ApiError, hasCode } from "@/lib/problem";

const PREFIX = "counterfoil.key:";
const TRIES = 6;

/** The header that the operations which take a slot or begin a movement of money ask for. */
export type KeyHeader = { "Idempotency-Key": string };

/**
 * Call with the key of this very body, and forget the key once there is a final answer. While an
 * earlier twin of the call still runs (`request_in_flight`), wait as long as it asks for.
 */
export async function withKey<T>(
  operation: string,
  body: unknown,
  call: (header: KeyHeader) => Promise<T>,
): Promise<T> {
  const name = PREFIX + operation + JSON.stringify(body);
  const key = sessionStorage.getItem(name) ?? crypto.randomUUID();
  sessionStorage.setItem(name, key);
  try {
    const answer = await patiently(() => call({ "Idempotency-Key": key }));
    sessionStorage.removeItem(name);
    return answer;
  } catch (error) {
    if (isFinal(error)) sessionStorage.removeItem(name);
    throw error;
  }
}

async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await call();
    } catch (error) {
      if (left === 1 || !hasCode(error, "request_in_flight")) throw error;
      await new Promise((done) => setTimeout(done, (error.retryAfter ?? 1) * 1000));
    }
  }
}

/** Whether the refusal is kept by the server under the key: then the next try is a new wish. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  const again = [401, 429].includes(error.status) || error.code === "request_in_flight";
  return error.status < 500 && !again;
}
