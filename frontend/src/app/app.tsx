import type { QueryClient } from "@tanstack/react-query";
import { RouterProvider } from "react-router";
import { Providers } from "@/app/providers";
import type { makeRouter } from "@/app/router";

type AppProps = { queryClient: QueryClient; router: ReturnType<typeof makeRouter> };

export function App({ queryClient, router }: AppProps) {
  return (
    <Providers queryClient={queryClient}>
      <RouterProvider router={router} />
    </Providers>
  );
}
