// A session as the API answers it, for the tests of every screen that shows one.

import { HttpResponse, http } from "msw";
import type { PaymentRef, SessionOut, UserOut } from "@/lib/api-types";
import { CLIENT, ORIGIN } from "@/test/app";
import { server } from "@/test/server";

const HOUR_MS = 3_600_000;

/** Far enough ahead, on a full hour, that no zone's clock change lies between. */
export function inDays(days: number): string {
  const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  return new Date(hour + days * 24 * HOUR_MS).toISOString();
}

export function inMinutes(minutes: number): string {
  return new Date(Date.now() + minutes * 60_000).toISOString();
}

export const PAYMENT: PaymentRef = {
  id: "pay_1",
  gateway: "stripe",
  status: "pending",
  paid_at: null,
  refunded: { amount: 0, currency: "USD" },
  late: false,
  failure: null,
};

export function aSession(more: Partial<SessionOut> = {}): SessionOut {
  const starts = more.starts_at ?? inDays(5);
  return {
    id: "ses_1",
    status: "pending",
    starts_at: starts,
    ends_at: new Date(Date.parse(starts) + HOUR_MS).toISOString(),
    time_zone: "America/New_York",
    expires_at: inMinutes(14),
    price: { amount: 8_000, currency: "USD" },
    mentor: {
      slug: "ada",
      name: "Ada Adams",
      portrait_url: "/portraits/ada.svg",
      time_zone: "Europe/London",
    },
    client: { name: "Cora Client" },
    session_type: { id: "sty_1", name: "Interview rehearsal", duration_minutes: 60 },
    policy: {
      name: "Standard",
      version: 1,
      late_bearer: "client",
      tiers: [
        { hours_before: 24, refund_bps: 10_000 },
        { hours_before: 0, refund_bps: 0 },
      ],
    },
    goals: "Get the job",
    created_at: inMinutes(-1),
    confirmed_at: null,
    outcome: null,
    room: null,
    cancelled_at: null,
    cancelled_by: null,
    cancel_reason: null,
    expired_at: null,
    payment: null,
    replaced_by: null,
    sequence: 0,
    moves_left: 2,
    refund_cap_bps: 10_000,
    series: null,
    ...more,
  };
}

export const PAID: Partial<SessionOut> = {
  status: "confirmed",
  expires_at: null,
  confirmed_at: inMinutes(0),
  payment: { ...PAYMENT, status: "succeeded", paid_at: inMinutes(0) },
};

/** Of a payment of `aSession` that nothing lowers. */
export const AMOUNTS = {
  price: { amount: 8_000, currency: "USD" },
  discount: { amount: 0, currency: "USD" },
  credit: { amount: 0, currency: "USD" },
  amount: { amount: 8_000, currency: "USD" },
};

/** The mentor of `aSession`. */
export function aMentor(): UserOut {
  const mentor = { slug: "ada", status: "live" } as NonNullable<UserOut["mentor"]>;
  return { ...CLIENT, name: "Ada Adams", role: "mentor", can_book: false, mentor };
}

/**
 * Answer reads of the session with what the function says now; a test may change its mind. No
 * other times are proposed and nothing was reported.
 */
export function sessionIs(read: () => SessionOut): void {
  server.use(
    http.get(`${ORIGIN}/api/sessions/:id`, () => HttpResponse.json(read())),
    http.get(`${ORIGIN}/api/sessions/:id/proposals`, () => HttpResponse.json({ items: [] })),
    http.get(`${ORIGIN}/api/sessions/:id/incidents`, () => HttpResponse.json({ items: [] })),
  );
}
