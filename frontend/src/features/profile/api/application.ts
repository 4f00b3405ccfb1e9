// The own application to be a mentor: where it stands, and what an applicant can do about it.

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { pageQuery } from "@/features/profile/api/page";
import { answer, api } from "@/lib/api";
import type { ApplicationOut, ApplicationRequest } from "@/lib/api-types";
import { profileKey } from "@/lib/auth";
import { ApiError } from "@/lib/problem";

/** The newest application; null for whoever never applied. */
export const applicationQuery = queryOptions({
  queryKey: ["profile", "application"],
  queryFn: async ({ signal }): Promise<ApplicationOut | null> => {
    try {
      return await answer(api.GET("/api/mentors/me/application", { signal }));
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  },
});

/** Whoever applies is a mentor to be from then on: who is signed in is read anew. */
function useKept() {
  const client = useQueryClient();
  return async (saved: ApplicationOut) => {
    client.setQueryData(applicationQuery.queryKey, saved);
    client.removeQueries({ queryKey: pageQuery.queryKey });
    await client.invalidateQueries({ queryKey: profileKey });
  };
}

/** Apply, or send the application in again after changes were asked for. */
export function useSendApplication({ again }: { again: boolean }) {
  const kept = useKept();
  return useMutation({
    mutationFn: (body: ApplicationRequest) =>
      answer(
        again
          ? api.POST("/api/mentors/me/application/answer", { body })
          : api.POST("/api/mentors/me/application", { body }),
      ),
    onSuccess: kept,
  });
}

export function useWithdraw() {
  const kept = useKept();
  return useMutation({
    mutationFn: () => answer(api.POST("/api/mentors/me/application/withdraw")),
    onSuccess: kept,
  });
}
