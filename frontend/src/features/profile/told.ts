import { ApiError } from "@/lib/problem";

/** What the server said of a field. */
export function told(error: unknown, field: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  return error.errors.find(({ pointer }) => pointer?.startsWith(`#/${field}`))?.detail;
}
