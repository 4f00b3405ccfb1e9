import { act, screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import { token } from "@/lib/token";
import { CLIENT, ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { dashboardIs, NOTHING_YET } from "@/test/dashboard";
import { server } from "@/test/server";

// A read is tried three times, with pauses, before it is given up.
const LONG = { timeout: 15_000 };

const nothingBooked = dashboardIs();

/** The API as it looks to a token that ran out: 401 to `old`, and the profile to `fresh`. */
function profileFor(fresh: string) {
  return http.get(`${ORIGIN}/api/users/profile`, ({ request }) =>
    request.headers.get("Authorization") === `Bearer ${fresh}`
      ? HttpResponse.json(CLIENT)
      : refusal(401, "session_ended"),
  );
}

test("without a token every page leads to the login page, which knows the way back", async () => {
  const { address } = visit("/app/mentors?duration=30");

  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeVisible();
  expect(address()).toBe("/app/login?next=%2Fapp%2Fmentors%3Fduration%3D30");
});

test("with a token the profile is asked for, and the dashboard opens", async () => {
  signedInAs();
  server.use(nothingBooked);

  const { address } = visit("/app/login");

  expect(await screen.findByRole("heading", { name: "Hello, Cora" })).toBeVisible();
  expect(address()).toBe("/app");
});

test("credentials bring a token into localStorage and lead on", async () => {
  let sent: unknown;
  server.use(
    nothingBooked,
    http.post(`${ORIGIN}/api/users/login`, async ({ request }) => {
      sent = await request.json();
      return HttpResponse.json({ token: "fresh", expires_in: 600, user: CLIENT });
    }),
  );
  const { user, address } = visit("/app/login?next=%2Fapp%3Fx%3D1");

  await user.type(await screen.findByLabelText("E-mail"), "client@example.com");
  await user.type(screen.getByLabelText("Password"), "counterfoil-demo");
  await user.click(screen.getByRole("button", { name: "Sign in" }));

  expect(await screen.findByRole("heading", { name: "Hello, Cora" })).toBeVisible();
  expect(sent).toEqual({
    email: "client@example.com",
    password: "counterfoil-demo",
    channel: "browser",
  });
  expect(token.read()).toBe("fresh");
  expect(address()).toBe("/app?x=1");
});

test("wrong credentials are told in place, and nothing is kept", async () => {
  server.use(
    http.post(`${ORIGIN}/api/users/login`, () =>
      refusal(401, "invalid_credentials", { detail: "They do not belong together." }),
    ),
  );
  const { user } = visit("/app/login");

  await user.type(await screen.findByLabelText("E-mail"), "client@example.com");
  await user.type(screen.getByLabelText("Password"), "wrong");
  await user.click(screen.getByRole("button", { name: "Sign in" }));

  expect(await screen.findByRole("alert")).toHaveTextContent("They do not belong together.");
  expect(token.read()).toBeNull();
});

test("a second factor is asked for where there is one", async () => {
  server.use(
    nothingBooked,
    http.post(`${ORIGIN}/api/users/login`, () =>
      refusal(401, "mfa_required", { mfa_token: "step-one", expires_in: 300 }),
    ),
    http.post(`${ORIGIN}/api/users/login/mfa`, async ({ request }) => {
      const body = (await request.json()) as { mfa_token: string; code: string };
      return body.mfa_token === "step-one" && body.code === "123456"
        ? HttpResponse.json({ token: "fresh", expires_in: 600, user: CLIENT })
        : refusal(401, "mfa_refused");
    }),
  );
  const { user } = visit("/app/login");

  await user.type(await screen.findByLabelText("E-mail"), "client@example.com");
  await user.type(screen.getByLabelText("Password"), "counterfoil-demo");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  await user.type(await screen.findByLabelText("Code"), "123456");
  await user.click(screen.getByRole("button", { name: "Confirm the code" }));

  expect(await screen.findByRole("heading", { name: "Hello, Cora" })).toBeVisible();
});

test("a token that ran out is traded once, however many calls met it", async () => {
  let trades = 0;
  token.write("old");
  server.use(
    profileFor("fresh"),
    http.get(`${ORIGIN}/api/dashboard`, ({ request }) =>
      request.headers.get("Authorization") === "Bearer fresh"
        ? HttpResponse.json(NOTHING_YET)
        : refusal(401, "session_ended"),
    ),
    http.post(`${ORIGIN}/api/users/refresh`, () => {
      trades += 1;
      return HttpResponse.json({ token: "fresh", expires_in: 600 });
    }),
  );

  visit("/app");

  expect(await screen.findByText("Nothing booked yet")).toBeVisible();
  expect(token.read()).toBe("fresh");
  expect(trades).toBe(1);
});

test("a sign-in that has ended leads to the login page, which says so", async () => {
  token.write("old");
  server.use(
    profileFor("fresh"),
    http.post(`${ORIGIN}/api/users/refresh`, () => refusal(401, "refresh_refused")),
  );

  visit("/app");

  expect(await screen.findByText(/Your sign-in has ended/)).toBeVisible();
  expect(token.read()).toBeNull();
});

test("a server that fails is no reason to sign anybody out", async () => {
  let up = false;
  token.write("access-1");
  server.use(
    nothingBooked,
    http.get(`${ORIGIN}/api/users/profile`, () =>
      up ? HttpResponse.json(CLIENT) : refusal(400, "odd", { request_id: "req_7" }),
    ),
  );
  const { user } = visit("/app");

  expect(await screen.findByText("req_7")).toBeVisible();
  expect(token.read()).toBe("access-1");
  up = true;
  await user.click(screen.getByRole("button", { name: "Try again" }));

  expect(await screen.findByRole("heading", { name: "Hello, Cora" })).toBeVisible();
});

test("a refresh that nobody answers is no sign-out either", async () => {
  token.write("old");
  server.use(
    profileFor("fresh"),
    http.post(`${ORIGIN}/api/users/refresh`, () => HttpResponse.error()),
  );

  visit("/app");

  expect(await screen.findByText(/The server could not be reached/, {}, LONG)).toBeVisible();
  expect(token.read()).toBe("old");
});

test("another tab's fresh token is taken over instead of trading again", async () => {
  let trades = 0;
  token.write("old");
  server.use(
    nothingBooked,
    http.get(`${ORIGIN}/api/users/profile`, ({ request }) => {
      if (request.headers.get("Authorization") === "Bearer theirs") {
        return HttpResponse.json(CLIENT);
      }
      localStorage.setItem("counterfoil.token", "theirs"); // meanwhile, in the other tab
      return refusal(401, "session_ended");
    }),
    http.post(`${ORIGIN}/api/users/refresh`, () => {
      trades += 1;
      return refusal(401, "refresh_refused");
    }),
  );

  visit("/app");

  expect(await screen.findByRole("heading", { name: "Hello, Cora" })).toBeVisible();
  expect(trades).toBe(0);
});

test("signing out in one tab signs the other one out", async () => {
  signedInAs();
  server.use(nothingBooked);
  visit("/app");
  await screen.findByRole("heading", { name: "Hello, Cora" });

  localStorage.removeItem("counterfoil.token"); // by the other tab
  act(() => {
    window.dispatchEvent(
      new StorageEvent("storage", {
        key: "counterfoil.token",
        newValue: null,
        storageArea: localStorage,
      }),
    );
  });

  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeVisible();
});

test("the profile is read anew for another tab's token, and for nothing else it keeps", async () => {
  let reads = 0;
  signedInAs();
  server.use(
    nothingBooked,
    http.get(`${ORIGIN}/api/users/profile`, () => {
      reads += 1;
      return HttpResponse.json(CLIENT);
    }),
  );
  visit("/app");
  await screen.findByRole("heading", { name: "Hello, Cora" });
  const before = reads;
  const comes = (key: string) =>
    act(() => {
      const [newValue, storageArea] = ["other", localStorage];
      window.dispatchEvent(new StorageEvent("storage", { key, newValue, storageArea }));
    });

  comes("counterfoil.kept");
  comes("language");
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(reads).toBe(before);

  comes("counterfoil.token");
  await waitFor(() => expect(reads).toBe(before + 1));
});

test("signing out forgets the token here and ends the sign-in on the server", async () => {
  let ended = false;
  signedInAs();
  server.use(
    nothingBooked,
    http.post(`${ORIGIN}/api/users/logout`, () => {
      ended = true;
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user, address } = visit("/app");

  await user.click(await screen.findByRole("button", { name: "Account of Cora Client" }));
  await user.click(await screen.findByRole("menuitem", { name: "Sign out" }));

  expect(await screen.findByText("You are signed out.")).toBeVisible();
  expect(token.read()).toBeNull();
  expect(ended).toBe(true);
  expect(address()).toBe("/app/login");
});

test("a sign-out that the server did not hear is told to it with the network", async () => {
  const told: (string | null)[] = [];
  let isCut = true;
  signedInAs();
  server.use(
    nothingBooked,
    http.get(`${ORIGIN}/api/users/social/providers`, () => HttpResponse.json({ items: [] })),
    http.post(`${ORIGIN}/api/users/logout`, ({ request }) => {
      if (isCut) return HttpResponse.error();
      told.push(request.headers.get("Authorization"));
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user } = visit("/app");

  await user.click(await screen.findByRole("button", { name: "Account of Cora Client" }));
  await user.click(await screen.findByRole("menuitem", { name: "Sign out" }));

  expect(await screen.findByText("You are signed out on this device.")).toBeVisible();
  expect(screen.getByText(/the sign-in still stands in your list of devices/)).toBeVisible();
  expect(token.read()).toBeNull();
  isCut = false;
  act(() => void window.dispatchEvent(new Event("online")));

  expect(await screen.findByText("You are signed out.")).toBeVisible();
  expect(told).toEqual([null]); // by the cookie: the token is gone
});

test.each([
  ["hears", 204],
  ["does not hear", 503],
])(
  "the server %s of the sign-out before the next sign-in, and never after it",
  async (_, status) => {
    const calls: string[] = [];
    localStorage.setItem("counterfoil.leaving", "1");
    server.use(
      nothingBooked,
      http.get(`${ORIGIN}/api/users/social/providers`, () => HttpResponse.json({ items: [] })),
      http.post(`${ORIGIN}/api/users/logout`, () => {
        calls.push("logout");
        return new HttpResponse(null, { status });
      }),
      http.post(`${ORIGIN}/api/users/login`, () => {
        calls.push("login");
        signedInAs();
        return HttpResponse.json({ token: "fresh", expires_in: 600, user: CLIENT });
      }),
    );
    const { user } = visit("/app/login");

    await user.type(await screen.findByLabelText("E-mail"), "client@example.com");
    await user.type(screen.getByLabelText("Password"), "correct horse battery");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect(await screen.findByRole("heading", { name: "Hello, Cora" })).toBeVisible();
    act(() => void window.dispatchEvent(new Event("online")));
    await new Promise((resolve) => setTimeout(resolve, 100));

    expect(calls[0]).toBe("logout");
    expect(calls.at(-1)).toBe("login");
  },
);

test("the mail's link confirms the address and signs in; its code leaves the address", async () => {
  let sent: unknown;
  server.use(
    nothingBooked,
    http.post(`${ORIGIN}/api/users/verify`, async ({ request }) => {
      sent = await request.json();
      return HttpResponse.json({ token: "fresh", expires_in: 600, user: CLIENT });
    }),
  );
  const { user } = visit("/app/verify#email=client%40example.com&code=ABCD-EFGH");

  await user.click(await screen.findByRole("button", { name: "Confirm and sign in" }));

  expect(await screen.findByRole("heading", { name: "Hello, Cora" })).toBeVisible();
  expect(sent).toEqual({ email: "client@example.com", code: "ABCD-EFGH", channel: "browser" });
  await waitFor(() => expect(window.location.href).not.toContain("ABCD"));
});

test("a newcomer chooses a role and a zone, and is asked to look into the mail", async () => {
  let sent: unknown;
  server.use(
    http.post(`${ORIGIN}/api/users/register`, async ({ request }) => {
      sent = await request.json();
      return HttpResponse.json({ status: "mail_sent" }, { status: 202 });
    }),
  );
  const { user, address } = visit("/app/register");

  await user.click(await screen.findByRole("radio", { name: /I am a mentor/ }));
  await user.type(screen.getByLabelText("Name"), "Nora New");
  await user.type(screen.getByLabelText("E-mail"), "nora@example.com");
  await user.type(screen.getByLabelText("Password"), "four unrelated words");
  await user.selectOptions(screen.getByLabelText("Your time zone"), "Europe/Paris");
  await user.click(screen.getByRole("button", { name: "Create my account" }));

  expect(await screen.findByRole("heading", { name: "Check your mail" })).toBeVisible();
  expect(screen.getByText(/We wrote to nora@example.com/)).toBeVisible();
  expect(address()).toBe("/app/verify?email=nora%40example.com");
  expect(sent).toEqual({
    role: "mentor",
    name: "Nora New",
    email: "nora@example.com",
    password: "four unrelated words",
    time_zone: "Europe/Paris",
    language: "en",
  });
});

test("a newcomer is shown what is in force, and agrees to that by its versions", async () => {
  let sent: unknown;
  const terms = { id: "lgv_terms", title: "Terms", version: "2.0", url: "/terms/" };
  const privacy = { id: "lgv_privacy", title: "Privacy", version: "1.0", url: "/privacy/" };
  server.use(
    http.get(`${ORIGIN}/api/content/navigation`, () =>
      HttpResponse.json({ main: [], legal: [], to_agree: [terms, privacy] }),
    ),
    http.post(`${ORIGIN}/api/users/register`, async ({ request }) => {
      sent = await request.json();
      return HttpResponse.json({ status: "mail_sent" }, { status: 202 });
    }),
  );
  const { user } = visit("/app/register");

  const link = await screen.findByRole("link", { name: /^Terms, version 2.0/ });
  expect(link).toHaveAttribute("href", "/terms/");
  expect(screen.getByRole("link", { name: /^Privacy, version 1.0/ })).toBeVisible();
  await user.type(screen.getByLabelText("Name"), "Nora New");
  await user.type(screen.getByLabelText("E-mail"), "nora@example.com");
  await user.type(screen.getByLabelText("Password"), "four unrelated words");
  await user.click(screen.getByRole("button", { name: "Create my account" }));

  expect(await screen.findByRole("heading", { name: "Check your mail" })).toBeVisible();
  expect(sent).toMatchObject({ agrees_to: ["lgv_terms", "lgv_privacy"] });
});

test("what the server refuses of a form stands beside its field", async () => {
  server.use(
    http.post(`${ORIGIN}/api/users/register`, () =>
      refusal(422, "password_too_weak", {
        errors: [
          {
            pointer: "#/password",
            parameter: null,
            detail: "This password is too common.",
            code: "x",
          },
        ],
      }),
    ),
  );
  const { user } = visit("/app/register");

  await user.type(await screen.findByLabelText("Name"), "Nora New");
  await user.type(screen.getByLabelText("E-mail"), "nora@example.com");
  await user.type(screen.getByLabelText("Password"), "password123");
  await user.click(screen.getByRole("button", { name: "Create my account" }));

  expect(await screen.findByText("This password is too common.")).toBeVisible();
  expect(screen.getByLabelText("Password")).toHaveAccessibleDescription(
    /This password is too common\./,
  );
});
