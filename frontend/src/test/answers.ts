// What the API answers, as its document says; each test changes what it is about.

import type { MentorDetail, MentorItem, MentorPage, SessionOut, SlotOut } from "@/lib/api-types";

export const ADA: MentorItem = {
  slug: "ada",
  name: "Ada Winterbourne",
  headline: "Career moves in engineering",
  expertise: ["Career change"],
  price: { amount: 8000, currency: "USD" },
  rating: 4.8,
  reviews_count: 31,
  location: "London",
  languages: ["en", "fr"],
  time_zone: "Europe/London",
  next_free_at: "2027-03-02T18:00:00Z",
  portrait_url: "/portraits/ada.svg",
};

export const ADA_DETAIL: MentorDetail = {
  ...ADA,
  bio: "<p>Twenty years of <b>platform teams</b>.</p>",
  reviews: [],
  session_types: [
    {
      id: "sty_hour",
      name: "Career session",
      description: "",
      duration_minutes: 60,
      price: { amount: 8000, currency: "USD" },
      policy: {
        name: "Moderate",
        version: 1,
        late_bearer: "platform",
        tiers: [{ hours_before: 24, refund_bps: 10_000 }],
      },
      capacity: 1,
    },
  ],
};

export function mentorPage(items: MentorItem[], more: Partial<MentorPage> = {}): MentorPage {
  return {
    items,
    next: null,
    prev: null,
    total: items.length,
    total_is_exact: true,
    corrected: null,
    facets: {
      language: { en: 2, fr: 1 },
      location: { London: 1, Berlin: 1 },
      duration: { "30": 1, "60": 2 },
      currency: { USD: 2 },
    },
    relaxed: [],
    ...more,
  };
}

/** An hour from that instant on, with a token that names it. */
export function slotAt(starts_at: string, token = `token ${starts_at}`): SlotOut {
  const ends_at = new Date(Date.parse(starts_at) + 3_600_000).toISOString();
  return { starts_at, ends_at, token };
}

export function heldSession(more: Partial<SessionOut> = {}): SessionOut {
  const [type] = ADA_DETAIL.session_types;
  if (type === undefined) throw new Error("Ada offers something.");
  return {
    id: "ses_1",
    status: "pending",
    starts_at: "2027-03-02T18:00:00Z",
    ends_at: "2027-03-02T19:00:00Z",
    time_zone: "America/New_York",
    expires_at: "2027-03-01T10:15:00Z",
    price: type.price,
    mentor: {
      slug: "ada",
      name: "Ada Winterbourne",
      portrait_url: "/portraits/ada.svg",
      time_zone: "Europe/London",
    },
    client: { name: "Cora Client" },
    session_type: { id: type.id, name: type.name, duration_minutes: 60 },
    policy: type.policy,
    goals: "",
    created_at: "2027-03-01T10:00:00Z",
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
