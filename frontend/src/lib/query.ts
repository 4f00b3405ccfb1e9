// The cache of what the API answered, and when a read is worth repeating.

import { QueryClient } from "@tanstack/react-query";
import { mayHeal } from "@/lib/problem";

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (failures, error) => failures < 2 && mayHeal(error),
      },
      mutations: { retry: false },
    },
  });
}
