// How the reader signs in: the second factor, passkeys, the address, the devices.

import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type { ProofIn, ProviderOut } from "@/lib/api-types";
import { makePasskey, showPasskey } from "@/lib/passkeys";

export const mfaQuery = queryOptions({
  queryKey: ["users", "mfa"],
  queryFn: ({ signal }) => answer(api.GET("/api/users/mfa", { signal })),
});

export const devicesQuery = queryOptions({
  queryKey: ["users", "devices"],
  queryFn: ({ signal }) =>
    answer(api.GET("/api/users/sessions", { params: { query: { limit: 100 } }, signal })),
});

export const providersQuery = queryOptions({
  queryKey: ["social", "providers"],
  queryFn: ({ signal }) => answer(api.GET("/api/users/social/providers", { signal })),
  staleTime: "static",
});

export const connectionsQuery = queryOptions({
  queryKey: ["users", "social"],
  queryFn: ({ signal }) => answer(api.GET("/api/users/social", { signal })),
});

export function beginConnecting(provider: ProviderOut["id"]) {
  return answer(api.POST("/api/users/social/{provider}/link", { params: { path: { provider } } }));
}

export function disconnect(provider: ProviderOut["id"]) {
  return answer(api.DELETE("/api/users/social/{provider}", { params: { path: { provider } } }));
}

export function prove(body: ProofIn) {
  return answer(api.POST("/api/users/reauthenticate", { body }));
}

export async function proveByPasskey() {
  const begun = await answer(api.POST("/api/users/reauthenticate/passkey"));
  const credential = await showPasskey(begun.options);
  return prove({ passkey: { ceremony: begun.ceremony, credential } });
}

export function beginApp() {
  return answer(api.POST("/api/users/mfa/totp"));
}

export function confirmApp(ceremony: string, code: string) {
  return answer(api.POST("/api/users/mfa/totp/confirm", { body: { ceremony, code } }));
}

export function removeApp() {
  return answer(api.DELETE("/api/users/mfa/totp"));
}

export function renewRecoveryCodes() {
  return answer(api.POST("/api/users/mfa/recovery-codes"));
}

export async function addPasskey(name: string) {
  const begun = await answer(api.POST("/api/users/passkeys/challenge"));
  const credential = await makePasskey(begun.options);
  return answer(
    api.POST("/api/users/passkeys", { body: { ceremony: begun.ceremony, name, credential } }),
  );
}

export function removePasskey(id: string) {
  return answer(
    api.DELETE("/api/users/passkeys/{passkey_id}", { params: { path: { passkey_id: id } } }),
  );
}

export function askForAddress(email: string, password: string) {
  const secret = password === "" ? null : password;
  return answer(api.POST("/api/users/email", { body: { email, password: secret } }));
}

export function confirmAddress(email: string, code: string) {
  return answer(api.POST("/api/users/email/confirm", { body: { email, code } }));
}

export function undoAddress(secret: string) {
  return answer(api.POST("/api/users/email/undo", { body: { token: secret } }));
}

export function signDeviceOut(id: string) {
  return answer(
    api.DELETE("/api/users/sessions/{sign_in_id}", { params: { path: { sign_in_id: id } } }),
  );
}

export function signOthersOut() {
  return answer(api.DELETE("/api/users/sessions"));
}
