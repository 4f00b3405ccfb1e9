// What the dashboard answers, for whoever has nothing yet.

import { HttpResponse, http } from "msw";
import type { ClientDashboard, DashboardOut, MentorDashboard } from "@/lib/api-types";
import { ORIGIN } from "@/test/app";

const NONE = { items: [], total: 0 };

export const CLIENT_SIDE: ClientDashboard = {
  upcoming: NONE,
  past: NONE,
  reviews_due: NONE,
  goals: NONE,
  mentors_again: [],
  mentors_new: [],
  payments: { ...NONE, spent: [] },
  packages: [],
  credit: [],
};

export const MENTOR_SIDE: MentorDashboard = {
  upcoming: NONE,
  earnings: { balances: [], next_payout_on: "2031-01-06", payout_account: null },
  profile: { slug: "ada", status: "live", public: true, steps: [] },
  reviews: { rating: null, reviews_count: 0, latest: [], to_answer: [], to_answer_total: 0 },
  availability: null,
  calendars: [],
};

export const NOTHING_YET: DashboardOut = { unread_messages: 0, client: CLIENT_SIDE, mentor: null };

export function dashboardIs(dashboard: DashboardOut = NOTHING_YET) {
  return http.get(`${ORIGIN}/api/dashboard`, () => HttpResponse.json(dashboard));
}
