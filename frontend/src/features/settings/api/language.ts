// What the reader is written to in: changed on the profile's version as it is at that moment.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { UserOut } from "@/lib/api-types";
import { profileKey } from "@/lib/auth";

export type Language = UserOut["language"];

async function change(language: Language): Promise<UserOut> {
  const now = api.GET("/api/users/profile");
  await answer(now);
  const tag = (await now).response.headers.get("ETag") ?? "";
  return answer(
    api.PATCH("/api/users/profile", { body: { language }, headers: { "If-Match": tag } }),
  );
}

export function useLanguage() {
  const client = useQueryClient();
  return useMutation({
    networkMode: "always",
    mutationFn: change,
    onSuccess: (saved) => client.setQueryData(profileKey, saved),
  });
}
