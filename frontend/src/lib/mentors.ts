// One mentor's profile: several areas show it.

import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";

export function mentorQuery(slug: string) {
  return queryOptions({
    queryKey: ["mentors", "one", slug],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/mentors/{slug}", { params: { path: { slug } }, signal })),
  });
}
