// What a person says of themselves: changed on the profile's version as it is at that moment.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { ProfilePatch, UserOut } from "@/lib/api-types";
import { profileKey } from "@/lib/auth";

async function change(body: ProfilePatch): Promise<UserOut> {
  const now = api.GET("/api/users/profile");
  await answer(now);
  const tag = (await now).response.headers.get("ETag") ?? "";
  return answer(api.PATCH("/api/users/profile", { body, headers: { "If-Match": tag } }));
}

/** Change what is given; what is left out stays, also where it was changed elsewhere meanwhile. */
export function useChangePerson() {
  const client = useQueryClient();
  return useMutation({
    // One after the other: each is on the version that the one before it made.
    scope: { id: "person" },
    networkMode: "always",
    mutationFn: change,
    onSuccess: (saved) => client.setQueryData(profileKey, saved),
  });
}
