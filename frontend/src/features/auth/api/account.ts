// The calls that make, prove and open an account.

import { answer, api } from "@/lib/api";
import type { LoginIn, LoginMfaIn, PasswordResetIn, RegisterIn, VerifyIn } from "@/lib/api-types";

// `channel` is the server's default here: a browser keeps the refresh token in its cookie.
type Typed<T> = Omit<T, "channel">;

const inBrowser = { channel: "browser" } as const;

export function login(body: Typed<LoginIn>) {
  return answer(api.POST("/api/users/login", { body: { ...body, ...inBrowser } }));
}

export function loginMfa(body: Typed<LoginMfaIn>) {
  return answer(api.POST("/api/users/login/mfa", { body: { ...body, ...inBrowser } }));
}

export function register(body: RegisterIn) {
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
