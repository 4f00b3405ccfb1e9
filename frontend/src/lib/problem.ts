// What can go wrong with a call, as one type of error that every screen can show.

import type { Problem, ProblemEntry } from "@/lib/api-types";
import { t } from "@/lib/i18n";
import { faultOf, toldOf } from "@/lib/refusal-words";

/** The API refused: an RFC 9457 problem. Branch on `code`; show `detail`, in the reader's language. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly ProblemEntry[];
  readonly requestId: string | null;
  readonly retryAfter: number | null;
  /** Members beyond RFC 9457, such as `alternatives` of `slot_taken`. */
  readonly more: Readonly<Record<string, unknown>>;

  constructor(problem: Partial<Problem>, response: Response) {
    super(problem.detail ?? `The server answered ${response.status}.`);
    const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
    this.retryAfter = Number.isNaN(seconds) ? null : seconds;
    const told = toldOf(problem, this.retryAfter);
    this.status = response.status;
    this.code = problem.code ?? "unexpected_answer";
    this.title = told.title ?? t("Something went wrong");
    this.detail = told.detail ?? t("The server gave an answer that this page does not understand.");
    this.errors = (problem.errors ?? []).map(faultOf);
    this.requestId = problem.request_id ?? response.headers.get("X-Request-Id");
    this.more = problem;
  }
}

/** No answer came: no network, or the server is not there. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
  constructor(cause: unknown) {
    super("The server could not be reached.", { cause });
  }
}

/** Whether the error is a refusal with one of these codes. */
export function hasCode(error: unknown, ...codes: string[]): error is ApiError {
  return error instanceof ApiError && codes.includes(error.code);
}

/** Whether the same call may succeed a moment later. */
export function mayHeal(error: unknown): boolean {
  if (error instanceof Unreachable) return true;
  return error instanceof ApiError && (error.status >= 500 || error.status === 429);
}

export type Shown = { title: string; detail: string; requestId: string | null };

/** The error in words for a person. */
export function wordsFor(error: unknown): Shown {
  if (error instanceof ApiError) {
    return { title: error.title, detail: error.detail, requestId: error.requestId };
  }
  if (error instanceof Unreachable) {
    return {
      title: t("No connection"),
      detail: t("The server could not be reached. Check your connection and try again."),
      requestId: null,
    };
  }
  return {
    title: t("This page failed"),
    detail: t("Something in the page itself went wrong. Reload it; if it happens again, tell us."),
    requestId: null,
  };
}
