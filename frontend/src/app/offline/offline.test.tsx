import { act, screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test, vi } from "vitest";
import type { UserOut } from "@/lib/api-types";
import { kept } from "@/lib/kept";
import { token } from "@/lib/token";
import { CLIENT, ORIGIN, signedInAs, visit } from "@/test/app";
import { CLIENT_SIDE, dashboardIs, NOTHING_YET } from "@/test/dashboard";
import { server } from "@/test/server";
import { aSession, inDays, PAID } from "@/test/sessions";
import { tokenOf } from "@/test/tokens";

const SESSION = aSession({ ...PAID, starts_at: inDays(3) });
const DASHBOARD = {
  ...NOTHING_YET,
  client: { ...CLIENT_SIDE, upcoming: { items: [SESSION], total: 1 } },
};

function comesHome(user: UserOut = CLIENT): void {
  signedInAs(user);
  token.write(tokenOf(user));
}

function isCut(): void {
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  server.use(http.all(`${ORIGIN}/api/*`, () => HttpResponse.error()));
  act(() => void window.dispatchEvent(new Event("offline")));
}

function isBack(): void {
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(true);
  server.resetHandlers();
  comesHome();
  server.use(dashboardIs(DASHBOARD));
  act(() => void window.dispatchEvent(new Event("online")));
}

test("what the dashboard showed is there without a network, and read anew with one", async () => {
  comesHome();
  server.use(dashboardIs(DASHBOARD));
  const before = visit("/app");
  await screen.findByRole("link", { name: /Interview rehearsal/ });
  before.unmount();

  isCut();
  visit("/app");

  expect(await screen.findByText("These are your next sessions", { exact: false })).toBeVisible();
  expect(screen.getByRole("heading", { name: "Interview rehearsal" })).toBeVisible();
  expect(screen.getByText("with Ada Adams")).toBeVisible();
  expect(screen.getByText(/London.* yours$/)).toBeVisible();
  expect(screen.getByText(/You are offline/)).toBeVisible();

  isBack();

  expect(await screen.findByRole("link", { name: /Interview rehearsal/ })).toBeVisible();
  expect(screen.queryByText(/You are offline/)).not.toBeInTheDocument();
});

test("what was over meanwhile is no next session: the dashboard says that it failed", async () => {
  comesHome();
  const over = aSession({ ...PAID, starts_at: inDays(-1) });
  kept.write(CLIENT, {
    ...DASHBOARD,
    client: { ...CLIENT_SIDE, upcoming: { items: [over], total: 1 } },
  });

  isCut();
  visit("/app");

  expect(await screen.findByText("Your dashboard could not be loaded")).toBeVisible();
  expect(screen.getByRole("button", { name: "Try again" })).toBeVisible();
});

test("a refusal is no lost connection: nothing kept stands in for it", async () => {
  comesHome();
  kept.write(CLIENT, DASHBOARD);
  server.use(
    http.get(`${ORIGIN}/api/dashboard`, () => HttpResponse.json({ code: "no" }, { status: 403 })),
  );

  visit("/app");

  expect(await screen.findByText("Your dashboard could not be loaded")).toBeVisible();
  expect(screen.queryByText("with Ada Adams")).not.toBeInTheDocument();
});

test("another page without a network says so at once, with a way to try again", async () => {
  comesHome();
  kept.write(CLIENT, DASHBOARD);

  isCut();
  visit("/app/sessions");

  expect(await screen.findByRole("alert")).toHaveTextContent("The server could not be reached");
  expect(screen.getByRole("button", { name: "Try again" })).toBeVisible();
});

test("whoever signs out leaves nothing", async () => {
  comesHome();
  server.use(dashboardIs(DASHBOARD));
  server.use(
    http.post(`${ORIGIN}/api/users/logout`, () => new HttpResponse(null, { status: 204 })),
  );
  const { user } = visit("/app");
  await waitFor(() => expect(kept.read()).not.toBeNull());

  await user.click(screen.getByRole("button", { name: "Account of Cora Client" }));
  await user.click(await screen.findByRole("menuitem", { name: "Sign out" }));

  await waitFor(() => expect(localStorage.getItem("counterfoil.kept")).toBeNull());
});

test("a token that somebody else left behind shows nobody's name", async () => {
  comesHome();
  kept.write(CLIENT, DASHBOARD);
  token.write(tokenOf({ ...CLIENT, id: "usr_other" }));

  isCut();
  visit("/app");

  expect(await screen.findByText("Your sign-in could not be checked")).toBeVisible();
});
