// Reports that a session went wrong: an emergency while it runs, or that the other did not come.

import { queryOptions, useMutation } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { IncidentRequest } from "@/lib/api-types";
import { withKey } from "@/lib/idempotency";
import { sessionKeys, useReadAnew } from "@/lib/sessions";

/** The reports of both sides, and what the staff decided. */
export function incidentsQuery(id: string) {
  return queryOptions({
    queryKey: [...sessionKeys.all, "incidents", id],
    queryFn: async ({ signal }) => {
      const params = { path: { session_id: id } };
      const list = await answer(
        api.GET("/api/sessions/{session_id}/incidents", { params, signal }),
      );
      return list.items;
    },
  });
}

export function useReportIncident(id: string) {
  return useMutation({
    mutationFn: (body: IncidentRequest) =>
      withKey(`sessions_incidents_report:${id}`, body, (header) =>
        answer(
          api.POST("/api/sessions/{session_id}/incidents", {
            body,
            params: { path: { session_id: id }, header },
          }),
        ),
      ),
    onSuccess: useReadAnew(),
  });
}

/** Take back an open report of one's own. Where it was decided meanwhile, the list shows that. */
export function useWithdrawIncident(id: string) {
  return useMutation({
    mutationFn: (incident: string) =>
      answer(
        api.POST("/api/sessions/{session_id}/incidents/{incident_id}/withdraw", {
          params: { path: { session_id: id, incident_id: incident } },
        }),
      ),
    onSettled: useReadAnew(),
  });
}
