// The calls that make, prove and open an account.

import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import type {
  LoginIn,
  LoginMfaIn,
  PasswordResetIn,
  ProviderOut,
  RegisterIn,
  SocialAnswerIn,
  SocialFinishIn,
  VerifyIn,
} from "@/lib/api-types";
import { language } from "@/lib/i18n";
import { showPasskey } from "@/lib/passkeys";
import { browserZone } from "@/lib/time";

// `channel` is the server's default here: a browser keeps the refresh token in its cookie.
type Typed<T> = Omit<T, "channel">;

const inBrowser = { channel: "browser" } as const;

export function login(body: Typed<LoginIn>) {
  return answer(api.POST("/api/users/login", { body: { ...body, ...inBrowser } }));
}

export function loginMfa(body: Typed<LoginMfaIn>) {
  return answer(api.POST("/api/users/login/mfa", { body: { ...body, ...inBrowser } }));
}

/** By passkey: alone, or as the second step behind a password. */
export async function loginPasskey(mfaToken: string | null) {
  const begun = await answer(
    api.POST("/api/users/login/passkey/challenge", { body: { mfa_token: mfaToken } }),
  );
  const credential = await showPasskey(begun.options);
  const body = { ceremony: begun.ceremony, credential, ...inBrowser };
  return answer(api.POST("/api/users/login/passkey", { body }));
}

export const providersQuery = queryOptions({
  queryKey: ["social", "providers"],
  queryFn: ({ signal }) => answer(api.GET("/api/users/social/providers", { signal })),
  staleTime: "static",
});

export function beginSocial(provider: ProviderOut["id"]) {
  return answer(api.POST("/api/users/social/{provider}/begin", { params: { path: { provider } } }));
}

export function finishSocial(body: Pick<SocialFinishIn, "ceremony" | "state" | "code">) {
  const newcomer = { role: "client", time_zone: browserZone(), language: language() } as const;
  const whole = { ...body, ...inBrowser, ...newcomer };
  return answer(api.POST("/api/users/social/finish", { body: whole }));
}

export function connectSocial(body: SocialAnswerIn) {
  return answer(api.POST("/api/users/social/link", { body }));
}

/** What is in force and shown to whoever registers; kept from nobody where it cannot be read. */
export const documentsQuery = queryOptions({
  queryKey: ["content", "to-agree"],
  queryFn: async ({ signal }) =>
    (await answer(api.GET("/api/content/navigation", { signal }))).to_agree,
});

export type Registration = Omit<RegisterIn, "language">;

/** Who registers is written to in the language that this page speaks. */
export function register(given: Registration) {
  const body = { ...given, language: language() };
  return answer(api.POST("/api/users/register", { body }));
}

export function verify(body: Typed<VerifyIn>) {
  return answer(api.POST("/api/users/verify", { body: { ...body, ...inBrowser } }));
}

export function forgotPassword(email: string) {
  return answer(api.POST("/api/users/password/forgot", { body: { email } }));
}

export function resetPassword(body: PasswordResetIn) {
  return answer(api.POST("/api/users/password/reset", { body }));
}
