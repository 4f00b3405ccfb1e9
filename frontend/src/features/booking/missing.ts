// What a refused series says of the sessions that cannot be had.

/** Their starts, as far as they can be read. */
export function missingOf(sessions: unknown): string[] {
  if (!Array.isArray(sessions)) return [];
  return sessions.flatMap((one: unknown) => {
    const { starts_at: at } = (one ?? {}) as { starts_at?: unknown };
    return typeof at === "string" && !Number.isNaN(Date.parse(at)) ? [at] : [];
  });
}
