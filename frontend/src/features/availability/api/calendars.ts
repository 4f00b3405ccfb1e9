// Calendars from elsewhere, whose times are not offered; and the own calendar for elsewhere.

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { isBeingAsked } from "@/features/availability/words";
import { answer, api } from "@/lib/api";
import type { CalendarFeedOut, CalendarRequest } from "@/lib/api-types";
import { serverNow } from "@/lib/clock";

const LOOK_AGAIN_MS = 3_000;

/** Looked at again while one of them is being asked. */
export const calendarsQuery = queryOptions({
  queryKey: ["availability", "calendars"],
  queryFn: ({ signal }) => answer(api.GET("/api/mentors/me/calendars", { signal })),
  refetchInterval: ({ state }) => {
    const now = serverNow();
    const asked = state.data?.items.some((calendar) => isBeingAsked(calendar, now)) ?? false;
    return asked ? LOOK_AGAIN_MS : false;
  },
});

/**
 * What they block is not offered: whatever shows free times is read anew. Nothing waits for it, or
 * a row that was removed would be gone before it could say so.
 */
function useReadAnew() {
  const client = useQueryClient();
  return () => {
    void client.invalidateQueries({ queryKey: calendarsQuery.queryKey });
    void client.invalidateQueries({ queryKey: ["mentors"] });
    void client.invalidateQueries({ queryKey: ["availability", "seen"] });
    void client.invalidateQueries({ queryKey: ["sessions"] });
  };
}

export function useAddCalendar() {
  return useMutation({
    mutationFn: (body: CalendarRequest) => answer(api.POST("/api/mentors/me/calendars", { body })),
    onSuccess: useReadAnew(),
  });
}

export function useRefreshCalendar(id: string) {
  return useMutation({
    mutationFn: () =>
      answer(
        api.POST("/api/mentors/me/calendars/{calendar_id}/refresh", {
          params: { path: { calendar_id: id } },
        }),
      ),
    onSuccess: useReadAnew(),
  });
}

export function useRemoveCalendar(id: string) {
  return useMutation({
    mutationFn: () =>
      answer(
        api.DELETE("/api/mentors/me/calendars/{calendar_id}", {
          params: { path: { calendar_id: id } },
        }),
      ),
    onSuccess: useReadAnew(),
  });
}

export const feedQuery = queryOptions({
  queryKey: ["users", "calendar-feed"],
  queryFn: ({ signal }) => answer(api.GET("/api/users/calendar-feed", { signal })),
});

/** A new address; the one before it is good for nothing. It is shown by this answer alone. */
export function useMakeFeed() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => answer(api.POST("/api/users/calendar-feed")),
    onSuccess: ({ active, created_at }) =>
      client.setQueryData<CalendarFeedOut>(feedQuery.queryKey, { active, created_at }),
  });
}

export function useCloseFeed() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => answer(api.DELETE("/api/users/calendar-feed")),
    onSuccess: () =>
      client.setQueryData<CalendarFeedOut>(feedQuery.queryKey, { active: false, created_at: null }),
  });
}
