import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test } from "vitest";
import type { MfaOut } from "@/lib/api-types";
import { ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";

const USERS = `${ORIGIN}/api/users`;
const NOTHING: MfaOut = {
  enabled: false,
  app: null,
  passkeys: [],
  recovery_codes_left: 0,
  proved_until: null,
  methods: ["password"],
};
const DEVICE = {
  id: "sgn_1",
  channel: "browser",
  user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
  browser: "Firefox",
  system: "Linux",
  source: "192.0.2.1",
  created_at: "2026-11-01T09:00:00Z",
  last_used_at: "2026-11-29T09:00:00Z",
  expires_at: "2026-12-01T09:00:00Z",
  current: true,
};

let mfa: MfaOut;
let devices: (typeof DEVICE)[];

beforeEach(() => {
  signedInAs();
  mfa = NOTHING;
  const unheardOf = { user_agent: "An old tablet", browser: "", system: "" };
  devices = [DEVICE, { ...DEVICE, ...unheardOf, id: "sgn_2", current: false }];
  server.use(
    http.get(`${USERS}/social/providers`, () => HttpResponse.json({ items: [] })),
    http.get(`${USERS}/mfa`, () => HttpResponse.json(mfa)),
    http.get(`${USERS}/sessions`, () =>
      HttpResponse.json({ items: devices, next: null, prev: null }),
    ),
  );
});

test("an app is set up behind a proof, and its recovery codes are shown", async () => {
  let proved = false;
  server.use(
    http.post(`${USERS}/mfa/totp`, () =>
      proved
        ? HttpResponse.json({
            ceremony: "crm_1",
            secret: "JBSWY3DPEHPK3PXP",
            otpauth_uri: "otpauth://totp/x",
            expires_in: 600,
          })
        : refusal(403, "reauthentication_required", { methods: ["password"] }),
    ),
    http.post(`${USERS}/reauthenticate`, async ({ request }) => {
      const body = (await request.json()) as { password: string };
      if (body.password !== "right") return refusal(422, "proof_refused");
      proved = true;
      return HttpResponse.json({ proved_until: "2026-11-30T10:00:00Z" });
    }),
    http.post(`${USERS}/mfa/totp/confirm`, () => {
      mfa = {
        ...NOTHING,
        enabled: true,
        app: { created_at: "2026-11-30T09:00:00Z", last_used_at: null },
        recovery_codes_left: 2,
      };
      return HttpResponse.json({ recovery_codes: ["11112222", "33334444"] });
    }),
  );
  const { user } = visit("/app/settings/sign-in");

  await user.click(await screen.findByRole("button", { name: "Set up an app" }));
  const dialog = within(await screen.findByRole("dialog"));
  await user.type(dialog.getByLabelText("Password"), "wrong");
  await user.click(dialog.getByRole("button", { name: "Go on" }));
  expect(await dialog.findByText("That was not right")).toBeVisible();
  await user.clear(dialog.getByLabelText("Password"));
  await user.type(dialog.getByLabelText("Password"), "right");
  await user.click(dialog.getByRole("button", { name: "Go on" }));

  expect(await screen.findByText("JBSWY3DPEHPK3PXP")).toBeVisible();
  await user.type(screen.getByLabelText("The code that the app shows now"), "123456");
  await user.click(screen.getByRole("button", { name: "Switch it on" }));

  expect(await screen.findByText("11112222")).toBeVisible();
  expect(await screen.findByText("On")).toBeVisible();
  expect(screen.queryByText("JBSWY3DPEHPK3PXP")).toBeNull();
});

test("another address is asked for with the password and taken by its code", async () => {
  const sent: unknown[] = [];
  server.use(
    http.post(`${USERS}/email`, async ({ request }) => {
      sent.push(await request.json());
      return HttpResponse.json({ status: "mail_sent" }, { status: 202 });
    }),
    http.post(`${USERS}/email/confirm`, async ({ request }) => {
      sent.push(await request.json());
      return HttpResponse.json({});
    }),
  );
  const { user } = visit("/app/settings/sign-in");

  await user.click(await screen.findByRole("button", { name: "Change it" }));
  await user.type(screen.getByLabelText("New address"), "new@example.com");
  await user.type(screen.getByLabelText("Password"), "secret");
  await user.click(screen.getByRole("button", { name: "Mail me a code" }));
  await user.type(await screen.findByLabelText("Code"), "ABCD-EFGH");
  await user.click(screen.getByRole("button", { name: "Take the new address" }));

  expect(await screen.findByRole("button", { name: "Change it" })).toBeVisible();
  expect(sent).toEqual([
    { email: "new@example.com", password: "secret" },
    { email: "new@example.com", code: "ABCD-EFGH" },
  ]);
});

test("the mail's link opens the last step with its code", async () => {
  visit("/app/settings/sign-in#email=new%40example.com&code=ABCD-EFGH");

  expect(await screen.findByLabelText("Code")).toHaveValue("ABCD-EFGH");
});

test("another device is signed out, this one is marked", async () => {
  server.use(
    http.delete(`${USERS}/sessions/sgn_2`, () => {
      devices = [DEVICE];
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user } = visit("/app/settings/sign-in");

  expect(await screen.findByText("This device")).toBeVisible();
  expect(screen.getByText("Firefox on Linux")).toHaveAttribute("title", DEVICE.user_agent);
  expect(screen.getByText("An old tablet")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Sign out" }));

  await waitFor(() => expect(screen.queryByText("An old tablet")).toBeNull());
  expect(screen.queryByRole("button", { name: "Sign all others out" })).toBeNull();
});

test("the old address undoes a change by its mail's link", async () => {
  const sent: unknown[] = [];
  server.use(
    http.post(`${USERS}/email/undo`, async ({ request }) => {
      sent.push(await request.json());
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user } = visit("/app/undo-email#token=und_secret");

  await user.click(await screen.findByRole("button", { name: "Undo it" }));

  expect(await screen.findByRole("heading", { name: "Your address is back" })).toBeVisible();
  expect(sent).toEqual([{ token: "und_secret" }]);
});

test("another site is named only where the installation does, and disconnected behind a proof", async () => {
  let connected = true;
  server.use(
    http.get(`${USERS}/social/providers`, () =>
      HttpResponse.json({ items: [{ id: "github", name: "GitHub" }] }),
    ),
    http.get(`${USERS}/social`, () =>
      HttpResponse.json({
        items: connected ? [{ provider: "github", since: "2026-11-01T09:00:00Z" }] : [],
      }),
    ),
    http.delete(`${USERS}/social/github`, () => {
      connected = false;
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user } = visit("/app/settings/sign-in");

  await user.click(await screen.findByRole("button", { name: "Disconnect GitHub" }));

  expect(await screen.findByRole("button", { name: "Connect GitHub" })).toBeVisible();
});

test("back from another site the tab finishes what it began, and only that", async () => {
  const sent: unknown[] = [];
  server.use(
    http.post(`${USERS}/social/link`, async ({ request }) => {
      sent.push(await request.json());
      return new HttpResponse(null, { status: 204 });
    }),
  );
  sessionStorage.setItem(
    "counterfoil:elsewhere",
    JSON.stringify({ ceremony: "crm_1", wish: "connect", next: "/app/settings/sign-in" }),
  );

  const first = visit("/app/social?state=s&code=c");
  await waitFor(() => expect(first.address()).toBe("/app/settings/sign-in"));
  first.unmount();
  visit("/app/social?state=s&code=c");

  expect(await screen.findByText(/none was/)).toBeVisible();
  expect(sent).toEqual([{ ceremony: "crm_1", state: "s", code: "c" }]);
});
