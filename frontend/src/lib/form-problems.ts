// Puts a refusal's words beside the fields they are about.

import type { FieldPath, FieldValues, UseFormSetError } from "react-hook-form";
import { ApiError } from "@/lib/problem";

/**
 * Show what the problem says of each field, and return whether that was all of it. `fields` are
 * those on the screen; a problem with another value stays for the whole form.
 */
export function showFieldProblems<T extends FieldValues>(
  error: unknown,
  setError: UseFormSetError<T>,
  fields: readonly FieldPath<T>[],
): boolean {
  if (!(error instanceof ApiError)) return false;
  const found = error.errors.map(({ pointer, detail }) => ({
    field: fields.find((name) => (pointer ?? "").replace(/^#?\//, "") === name),
    detail,
  }));
  for (const { field, detail } of found) {
    if (field !== undefined) setError(field, { message: detail }, { shouldFocus: true });
  }
  return found.length > 0 && found.every(({ field }) => field !== undefined);
}
