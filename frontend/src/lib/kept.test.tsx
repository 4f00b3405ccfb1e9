import { afterEach, expect, test } from "vitest";
import { kept } from "@/lib/kept";
import { token } from "@/lib/token";
import { CLIENT } from "@/test/app";
import { CLIENT_SIDE, NOTHING_YET } from "@/test/dashboard";
import { aMentor, aSession, inDays, PAID } from "@/test/sessions";
import { tokenOf } from "@/test/tokens";

const DAY_MS = 86_400_000;
const LATER = aSession({ ...PAID, id: "ses_2", starts_at: inDays(9) });
const SOON = aSession({
  ...PAID,
  starts_at: inDays(2),
  room: { url: "https://meet.example/secret" } as never,
});
const DASHBOARD = {
  ...NOTHING_YET,
  client: { ...CLIENT_SIDE, upcoming: { items: [LATER, SOON], total: 2 } },
};

afterEach(() => token.clear("none"));

test("the next sessions come back in the order of time, without a room's address or a token", () => {
  token.write(tokenOf(CLIENT));

  kept.write(CLIENT, DASHBOARD);

  expect(kept.read()?.sessions).toEqual([
    {
      id: "ses_1",
      status: "confirmed",
      starts_at: SOON.starts_at,
      ends_at: SOON.ends_at,
      title: "Interview rehearsal",
      whom: "Ada Adams",
      zone: "Europe/London",
    },
    expect.objectContaining({ id: "ses_2" }),
  ]);
  expect(kept.read()?.user).toEqual(CLIENT);
  const text = localStorage.getItem("counterfoil.kept") ?? "";
  expect(text).not.toContain("secret");
  expect(text).not.toContain(token.read());
});

test("a mentor's sessions are with their clients", () => {
  const mentor = aMentor();
  token.write(tokenOf(mentor));

  kept.write(mentor, DASHBOARD);

  expect(kept.read()?.sessions[0]?.whom).toBe("Cora Client");
});

test("nobody else reads it, and what was read for somebody else is not kept", () => {
  token.write(tokenOf(CLIENT));
  kept.write(CLIENT, DASHBOARD);

  token.write(tokenOf({ ...CLIENT, id: "usr_other" }));
  expect(kept.read()).toBeNull();

  kept.forget();
  kept.write(CLIENT, DASHBOARD);
  expect(localStorage.getItem("counterfoil.kept")).toBeNull();
});

test.each([
  ["seven days less a second", 7 * DAY_MS - 1_000, true],
  ["seven days and a second", 7 * DAY_MS + 1_000, false],
  ["before it was written (the clock was set back)", -1_000, false],
])("%s later", (_, later, isThere) => {
  token.write(tokenOf(CLIENT));
  const now = Date.now();
  kept.write(CLIENT, DASHBOARD, now);

  expect(kept.read(now + later) !== null).toBe(isThere);
});

test.each(["", "{", "null", "[]", '{"at": 1}', '{"at": 1, "user": {"id": "usr_client"}}'])(
  "damaged: %s",
  (text) => {
    token.write(tokenOf(CLIENT));
    localStorage.setItem("counterfoil.kept", text);

    expect(kept.read(2)).toBeNull();
  },
);
