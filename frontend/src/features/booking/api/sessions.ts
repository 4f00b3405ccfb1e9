import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import { withKey } from "@/lib/idempotency";

/** Hold the slot; the answer's session is pending until `expires_at`. */
export function holdSlot(body: { slot_token: string; goals: string }) {
  return withKey("sessions.create", body, (header) =>
    answer(api.POST("/api/sessions", { params: { header }, body })),
  );
}

/** The own hold of that very time, if there is one: who comes back may go on to the payment. */
export function ownHoldQuery(slug: string, startsAt: string) {
  return queryOptions({
    queryKey: ["sessions", "own-hold", slug, startsAt],
    queryFn: async ({ signal }) => {
      const query = { when: "upcoming", status: "pending", limit: 20 } as const;
      const page = await answer(api.GET("/api/sessions", { params: { query }, signal }));
      const at = Date.parse(startsAt);
      return (
        page.items.find(
          (session) => session.mentor.slug === slug && Date.parse(session.starts_at) === at,
        ) ?? null
      );
    },
    staleTime: 0,
  });
}
