// Goals: what a client wants to reach, its milestones, and each report of how far it is.

import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type {
  CompleteRequest,
  GoalOut,
  GoalRequest,
  MilestoneRequest,
  ProgressRequest,
} from "@/lib/api-types";
import { withKey } from "@/lib/idempotency";
import { sessionKeys } from "@/lib/sessions";

const PAGE = 20;
const GOALS = ["goals"] as const;
const LISTS = [...GOALS, "list"] as const;
const keyOf = (id: string) => [...GOALS, "one", id] as const;

export type Which = "open" | "reached";

export function goalsQuery(which: Which) {
  return infiniteQueryOptions({
    queryKey: [...LISTS, which],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET("/api/goals", {
          params: {
            query: {
              limit: PAGE,
              open: which === "open",
              ...(pageParam === "" ? {} : { cursor: pageParam }),
            },
          },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });
}

export function goalQuery(id: string) {
  return queryOptions({
    queryKey: keyOf(id),
    queryFn: ({ signal }) =>
      answer(api.GET("/api/goals/{goal_id}", { params: { path: { goal_id: id } }, signal })),
  });
}

/** Keep the answer as the goal, and have the lists and the dashboard read anew. */
function useKept(): (goal: GoalOut) => void {
  const client = useQueryClient();
  return (goal) => {
    client.setQueryData(keyOf(goal.id), goal);
    void client.invalidateQueries({ queryKey: LISTS });
    void client.invalidateQueries({ queryKey: [...sessionKeys.all, "dashboard"] });
  };
}

export function useSetGoal() {
  const kept = useKept();
  return useMutation({
    mutationFn: (body: GoalRequest) =>
      withKey("goals", body, (header) =>
        answer(api.POST("/api/goals", { body, params: { header } })),
      ),
    onSuccess: kept,
  });
}

export function useAddMilestone(id: string) {
  const kept = useKept();
  return useMutation({
    mutationFn: (body: MilestoneRequest) =>
      withKey(`goals/${id}/milestones`, body, (header) =>
        answer(
          api.POST("/api/goals/{goal_id}/milestones", {
            body,
            params: { header, path: { goal_id: id } },
          }),
        ),
      ),
    onSuccess: kept,
  });
}

/** For good: a milestone that was reached stays so. */
export function useReach(id: string) {
  const kept = useKept();
  return useMutation({
    mutationFn: (milestone: string) =>
      answer(
        api.POST("/api/goals/{goal_id}/milestones/{milestone_id}/reach", {
          params: { path: { goal_id: id, milestone_id: milestone } },
        }),
      ),
    onSuccess: kept,
  });
}

export function useReport(id: string) {
  const kept = useKept();
  return useMutation({
    mutationFn: (body: ProgressRequest) =>
      withKey(`goals/${id}/progress`, body, (header) =>
        answer(
          api.POST("/api/goals/{goal_id}/progress", {
            body,
            params: { header, path: { goal_id: id } },
          }),
        ),
      ),
    onSuccess: kept,
  });
}

export function useComplete(id: string) {
  const kept = useKept();
  return useMutation({
    mutationFn: (body: CompleteRequest) =>
      answer(
        api.POST("/api/goals/{goal_id}/complete", { body, params: { path: { goal_id: id } } }),
      ),
    onSuccess: kept,
  });
}
