// The cache of what the API answered, and when a read is worth repeating.

import { onlineManager, QueryClient } from "@tanstack/react-query";
import { isOnline } from "@/lib/online";
import { mayHeal } from "@/lib/problem";

export function makeQueryClient(): QueryClient {
  onlineManager.setOnline(isOnline()); // it takes for granted that a page begins with a network
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (failures, error) => failures < 2 && isOnline() && mayHeal(error),
        // Without a network a read fails at once and says so, rather than wait without a word; it is
        // made again when there is one.
        networkMode: "always",
        refetchOnReconnect: true,
      },
      // Nor is a deed kept back and done later, when nobody thinks of it any more.
      mutations: { retry: false, networkMode: "always" },
    },
  });
}
