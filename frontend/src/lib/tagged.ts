// An answer together with its ETag, for what is changed on the version that was read.

import { answer } from "@/lib/api";

export type Tagged<T> = { data: T; tag: string };

type Outcome<T> = { data?: T; error?: unknown; response: Response };

export async function tagged<T>(call: Promise<Outcome<T>>): Promise<Tagged<T>> {
  const data = await answer(call);
  return { data, tag: (await call).response.headers.get("ETag") ?? "" };
}
