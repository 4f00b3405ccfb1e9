// The reader's own data: the export of all that is kept, and the erasure of the account.

import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { HindranceOut } from "@/lib/api-types";
import { hasCode } from "@/lib/problem";

const LOOK_AGAIN_MS = 5_000;

/** Asked for again while it is being made; a mail says when it is ready as well. */
export const exportQuery = queryOptions({
  queryKey: ["users", "export"],
  queryFn: ({ signal }) => answer(api.GET("/api/users/export", { signal })),
  refetchInterval: ({ state }) => (state.data?.status === "running" ? LOOK_AGAIN_MS : false),
});

export const erasureQuery = queryOptions({
  queryKey: ["users", "erasure"],
  queryFn: ({ signal }) => answer(api.GET("/api/users/erasure", { signal })),
});

export function askForExport() {
  return answer(api.POST("/api/users/export"));
}

/** The file as the server wrote it, byte for byte. */
export async function fetchExport(): Promise<Blob> {
  const file: unknown = await answer<unknown>(
    api.GET("/api/users/export/download", { parseAs: "blob" }),
  );
  return file as Blob;
}

export function askForErasure() {
  return answer(api.POST("/api/users/erasure"));
}

export function keepAccount() {
  return answer(api.DELETE("/api/users/erasure"));
}

/** What a refused erasure names as still open; none where it failed for something else. */
export function openOnes(error: unknown): Pick<HindranceOut, "what" | "do">[] {
  if (!hasCode(error, "erasure_hindered")) return [];
  const { hindrances } = error.more;
  return Array.isArray(hindrances) ? hindrances.filter(isHindrance) : [];
}

function isHindrance(one: unknown): one is Pick<HindranceOut, "what" | "do"> {
  if (typeof one !== "object" || one === null || !("what" in one) || !("do" in one)) return false;
  return typeof one.what === "string" && typeof one.do === "string";
}
