import { render, type RenderResult } from "@testing-library/react";
import { userEvent, type UserEvent } from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { createMemoryRouter, RouterProvider } from "react-router";
import { Providers } from "@/app/providers";
import { routes } from "@/app/router";
import type { Problem, UserOut } from "@/lib/api-types";
import { makeQueryClient } from "@/lib/query";
import { token } from "@/lib/token";
import { server } from "@/test/server";

export const ORIGIN = "http://127.0.0.1:8000";

export const CLIENT: UserOut = {
  id: "usr_client",
  email: "client@example.com",
  name: "Cora Client",
  role: "client",
  time_zone: "America/New_York",
  language: "en",
  can_book: true,
  mfa_enabled: false,
  created_at: "2026-01-05T09:00:00Z",
  mentor: null,
};

/** Have somebody signed in: a token here, the profile behind it, nothing unread or to agree to. */
export function signedInAs(user: UserOut = CLIENT): void {
  token.write("access-1");
  server.use(
    http.get(`${ORIGIN}/api/users/profile`, () => HttpResponse.json(user)),
    http.get(`${ORIGIN}/api/conversations/unread`, () =>
      HttpResponse.json({ messages: 0, conversations: 0 }),
    ),
    http.get(`${ORIGIN}/api/users/consents`, () =>
      HttpResponse.json({ complete: true, documents: [] }),
    ),
    // Nothing is sold in packages, nothing was paid ahead, and nobody waits for a seat.
    ...["packages/offers", "packages", "waitlist"].map((list) =>
      http.get(`${ORIGIN}/api/${list}`, () => HttpResponse.json({ items: [], next: null })),
    ),
    http.get(`${ORIGIN}/api/credit`, () =>
      HttpResponse.json({ balances: [], movements: [], referral_code: "ABCD2345" }),
    ),
  );
}

/** A refusal as the API writes one. */
export function refusal(
  status: number,
  code: string,
  more: Partial<Problem> & Record<string, unknown> = {},
  headers: Record<string, string> = {},
) {
  const problem = {
    type: `${ORIGIN}/api/problems/${code}`,
    title: code.replaceAll("_", " "),
    status,
    detail: `The detail of ${code}.`,
    code,
    errors: [],
    request_id: "req_test",
    ...more,
  };
  return HttpResponse.json(problem, {
    status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });
}

type Visit = RenderResult & { user: UserEvent; address: () => string };

/** Open an address of the app in the real providers and routes. */
export function visit(address: string): Visit {
  const router = createMemoryRouter(routes, { initialEntries: [address] });
  const page = render(
    <Providers queryClient={makeQueryClient()}>
      <RouterProvider router={router} />
    </Providers>,
  );
  return {
    ...page,
    user: userEvent.setup(),
    address: () => router.state.location.pathname + router.state.location.search,
  };
}
