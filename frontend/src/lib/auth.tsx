// Who is signed in: a token in localStorage, and the profile that the API answers for it.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  type ReactNode,
  use,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
} from "react";
import { answer, api } from "@/lib/api";
import type { SignedInOut, UserOut } from "@/lib/api-types";
import { remember } from "@/lib/i18n";
import { kept } from "@/lib/kept";
import { leaving } from "@/lib/leaving";
import { isOnline } from "@/lib/online";
import { Unreachable } from "@/lib/problem";
import { token } from "@/lib/token";
import { typed } from "@/lib/typed";

export type AuthState =
  | { status: "signed-out" }
  | { status: "checking" }
  | { status: "failed"; error: Error; retry: () => void }
  | { status: "signed-in"; user: UserOut };

export type Auth = {
  state: AuthState;
  /** Keep what a sign-in answered. */
  signIn: (answer: SignedInOut) => void;
  /** End the sign-in here, in other tabs, and on the server as far as it can be reached. */
  signOut: () => Promise<void>;
};

const PATIENCE_MS = 10_000;

const AuthContext = createContext<Auth | null>(null);

export const profileKey = ["users", "profile"] as const;

function useToken(): string | null {
  return useSyncExternalStore(token.subscribe, token.read);
}

export function AuthProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const held = useToken();
  const profile = useQuery({
    queryKey: profileKey,
    queryFn: ({ signal }) => answer(api.GET("/api/users/profile", { signal })),
    enabled: held !== null,
    staleTime: 5 * 60_000,
  });
  const { data: user, error, refetch } = profile;

  // What was read for one person is nothing for the next.
  useEffect(() => {
    if (held !== null) return;
    client.clear();
    kept.forget();
    if (token.absence() === "left") typed.forget();
  }, [held, client]);

  // Without a network, the person is who they were; they are read anew when there is one.
  useLayoutEffect(() => {
    const known = error instanceof Unreachable ? kept.read() : null;
    if (user !== undefined || known === null) return;
    client.setQueryData(profileKey, known.user, { updatedAt: known.at });
  }, [error, user, client]);

  // Another tab may have signed somebody else in: the profile follows the token.
  useEffect(() => {
    const follow = (event: StorageEvent) => {
      if (token.isIn(event) && event.newValue !== null) {
        void client.invalidateQueries({ queryKey: profileKey });
      }
    };
    window.addEventListener("storage", follow);
    return () => window.removeEventListener("storage", follow);
  }, [client]);

  // What the server has not heard of a sign-out, it hears at the start and with the network.
  useEffect(() => {
    const tell = () => void leaving.keep();
    tell();
    window.addEventListener("online", tell);
    return () => window.removeEventListener("online", tell);
  }, []);

  // The app speaks the language of the person's letters: from the next page on, as they may be
  // typing in this one. Without a network, who they are may be an older truth.
  const theirs = user?.language;
  useEffect(() => {
    if (theirs !== undefined && isOnline()) remember(theirs);
  }, [theirs]);

  const previous = useRef(user?.id);
  useEffect(() => {
    if (user !== undefined && previous.current !== undefined && user.id !== previous.current) {
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== profileKey[0] });
    }
    previous.current = user?.id;
  }, [user, client]);

  const auth = useMemo<Auth>(() => {
    const state = (): AuthState => {
      if (held === null) return { status: "signed-out" };
      if (user !== undefined) return { status: "signed-in", user };
      if (error !== null) return { status: "failed", error, retry: () => void refetch() };
      return { status: "checking" };
    };
    return {
      state: state(),
      signIn(given) {
        client.clear();
        kept.forget();
        leaving.forget();
        client.setQueryData(profileKey, given.user);
        token.write(given.token);
      },
      async signOut() {
        const signal = AbortSignal.timeout(PATIENCE_MS);
        const told = await api.POST("/api/users/logout", { signal }).catch(() => null);
        if (told?.response.ok !== true) leaving.promise();
        token.clear("left");
      },
    };
  }, [held, user, error, refetch, client]);

  return <AuthContext value={auth}>{children}</AuthContext>;
}

export function useAuth(): Auth {
  const auth = use(AuthContext);
  if (auth === null) throw new Error("useAuth stands outside of AuthProvider.");
  return auth;
}

/** The person, on pages that only a signed-in person reaches. */
export function useUser(): UserOut {
  const { state } = useAuth();
  if (state.status !== "signed-in") throw new Error("This page is for signed-in people only.");
  return state.user;
}
