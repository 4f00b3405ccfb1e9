// An access token as far as a page reads it: whom it was given to.

import type { UserOut } from "@/lib/api-types";

export function tokenOf(user: UserOut): string {
  const part = (claims: object) =>
    btoa(JSON.stringify(claims)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return [part({ alg: "EdDSA" }), part({ sub: user.id }), "signature"].join(".");
}
