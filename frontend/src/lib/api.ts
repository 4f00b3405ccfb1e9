// The one way to call the API: typed by the OpenAPI document, signed in, refusing by ApiError.

import createClient from "openapi-fetch";
import { takeAhead } from "@/lib/ahead";
import type { paths as ApiPaths, Problem } from "@/lib/api-types";
import { leaving } from "@/lib/leaving";
import { ApiError, Unreachable } from "@/lib/problem";
import { refreshed } from "@/lib/refresh";
import { token } from "@/lib/token";

/**
 * Pass `signal` of the query function along, so that leaving a page ends its calls:
 * `answer(api.GET("/api/mentors/{slug}", { params: { path: { slug } }, signal }))`.
 */
export const api = createClient<ApiPaths>({ baseUrl: location.origin, fetch: signedIn });

type Outcome<T> = { data?: T; error?: unknown; response: Response };

/** The data of the call. Throws ApiError for a refusal and Unreachable where none answered. */
export async function answer<T>(call: Promise<Outcome<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw new ApiError(asProblem(error), response);
  return data as T;
}

function asProblem(error: unknown): Partial<Problem> {
  return typeof error === "object" && error !== null ? error : {};
}

/** Send with the token; where it ran out, refresh once and send again. */
async function signedIn(request: Request): Promise<Response> {
  const held = token.read();
  if (held === null) {
    await leaving.keep(); // or it would end the sign-in that this call may bring
    return send(request);
  }

  const again = request.clone();
  const response = await send(bearing(request, held));
  if (response.status !== 401) return response;

  const fresh = await refreshed(held);
  return fresh === null ? response : send(bearing(again, fresh));
}

function bearing(request: Request, held: string): Request {
  request.headers.set("Authorization", `Bearer ${held}`);
  return request;
}

async function send(request: Request): Promise<Response> {
  const ahead = await takeAhead(request);
  if (ahead !== null) return ahead;
  try {
    // Looked up at each call: tests stand in for it.
    return await globalThis.fetch(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw new Unreachable(error);
  }
}
