import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ErasureOut, ExportOut } from "@/lib/api-types";
import { ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";

const USERS = `${ORIGIN}/api/users`;
const DATA = "/app/settings/data";
const NO_EXPORT: ExportOut = { status: "none", size_bytes: 0 };
const RUNNING: ExportOut = {
  status: "running",
  requested_at: "2030-11-30T09:00:00Z",
  size_bytes: 0,
};
const READY: ExportOut = {
  status: "ready",
  requested_at: "2030-11-30T09:00:00Z",
  ready_at: "2030-11-30T09:02:00Z",
  expires_at: "2030-12-07T09:02:00Z",
  size_bytes: 48_210,
};
const SESSIONS = {
  what: "2 sessions still to come, or not completed yet",
  do: "Cancel what is to come.",
  blocks: true,
};
const CREDIT = {
  what: "$5.00 of credit is lost with the account",
  do: "Spend it before, if you like.",
  blocks: false,
};
const NOT_ASKED: ErasureOut = { status: "none", hindrances: [] };
const WAITS: ErasureOut = {
  status: "open",
  requested_at: "2030-11-30T09:00:00Z",
  done_by: "2030-12-30T09:00:00Z",
  hindrances: [],
};

let copy: ExportOut;
let erasure: ErasureOut;
let proved: boolean;

beforeEach(() => {
  signedInAs();
  copy = NO_EXPORT;
  erasure = NOT_ASKED;
  proved = false;
  server.use(
    http.get(`${USERS}/export`, () => HttpResponse.json(copy)),
    http.get(`${USERS}/erasure`, () => HttpResponse.json(erasure)),
    http.post(`${USERS}/reauthenticate`, () => {
      proved = true;
      return HttpResponse.json({ proved_until: "2030-11-30T10:00:00Z" });
    }),
  );
});

afterEach(() => vi.restoreAllMocks());

type Reader = ReturnType<typeof visit>["user"];

const unproved = () => refusal(403, "reauthentication_required", { methods: ["password"] });

async function prove(user: Reader) {
  const dialog = within(await screen.findByRole("dialog", { name: "Is it still you?" }));
  await user.type(dialog.getByLabelText("Password"), "right");
  await user.click(dialog.getByRole("button", { name: "Go on" }));
}

async function askToBeErased(user: Reader) {
  await user.click(await screen.findByRole("button", { name: "Erase my account…" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Erase your account?" }));
  return { dialog, confirm: dialog.getByRole("button", { name: "Ask for the erasure" }) };
}

test("the menu leads there; a copy is asked for and is then being made", async () => {
  server.use(
    http.get(`${ORIGIN}/api/sessions`, () =>
      HttpResponse.json({ items: [], next: null, prev: null }),
    ),
    http.post(`${USERS}/export`, () => {
      copy = RUNNING;
      return HttpResponse.json(copy, { status: 202 });
    }),
  );
  const { user } = visit("/app/sessions");

  await user.click(await screen.findByRole("button", { name: "Account of Cora Client" }));
  await user.click(await screen.findByRole("menuitem", { name: "Your data" }));
  await user.click(await screen.findByRole("button", { name: "Ask for a copy" }));

  expect(await screen.findByText("Your copy is being made")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Ask for a copy" })).toBeNull();
});

test("a copy that is ready is fetched behind a proof, byte for byte, until it expires", async () => {
  const written = '{"person": "usr_client",\n "sections": []}';
  const files: Blob[] = [];
  const names: string[] = [];
  URL.revokeObjectURL = vi.fn<(url: string) => void>();
  URL.createObjectURL = vi.fn<(file: Blob) => string>((file) => {
    files.push(file);
    return "blob:test";
  });
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (
    this: HTMLAnchorElement,
  ) {
    names.push(this.download);
  });
  copy = READY;
  server.use(
    http.get(`${USERS}/export/download`, () =>
      proved
        ? new HttpResponse(written, { headers: { "Content-Type": "application/json" } })
        : unproved(),
    ),
  );
  const { user } = visit(DATA);

  expect(await screen.findByText(/48 kB.*fetched until Sat 7 Dec 2030, 04:02/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Fetch it" }));
  expect(await screen.findByText(/The file holds all that is kept of you/)).toBeVisible();
  expect(names).toEqual([]);
  await prove(user);

  await waitFor(() => expect(names).toEqual(["my-data.json"]));
  expect(await files[0]?.text()).toBe(written);
});

test("a copy that expired meanwhile is refused, and can be asked for anew", async () => {
  copy = READY;
  server.use(
    http.get(`${USERS}/export/download`, () => {
      copy = NO_EXPORT;
      return refusal(409, "export_not_ready");
    }),
  );
  const { user } = visit(DATA);

  await user.click(await screen.findByRole("button", { name: "Fetch it" }));

  expect(await screen.findByText("The detail of export_not_ready.")).toBeVisible();
  expect(await screen.findByRole("button", { name: "Ask for a copy" })).toBeVisible();
});

test("an erasure is asked for after its dialog and a proof, waits, and is taken back", async () => {
  let asked = 0;
  erasure = { ...NOT_ASKED, hindrances: [CREDIT] };
  server.use(
    http.post(`${USERS}/erasure`, () => {
      if (!proved) return unproved();
      asked += 1;
      erasure = WAITS;
      return HttpResponse.json(erasure, { status: 202 });
    }),
    http.delete(`${USERS}/erasure`, () => {
      erasure = NOT_ASKED;
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user } = visit(DATA);

  const { dialog, confirm } = await askToBeErased(user);
  expect(dialog.getByText(/Bookings, without your name/)).toBeVisible();
  expect(dialog.getByText(/of credit is lost/)).toBeVisible();
  await user.click(confirm);
  await prove(user);

  expect(await screen.findByText(/done by Mon 30 Dec 2030/)).toBeVisible();
  expect(asked).toBe(1);
  await user.click(screen.getByRole("button", { name: "Keep my account" }));

  expect(await screen.findByRole("button", { name: "Erase my account…" })).toBeVisible();
  expect(screen.queryByText("Your account is going to be erased")).toBeNull();
});

test("whoever closes the dialog has asked for nothing", async () => {
  const { user } = visit(DATA); // an unexpected POST would be an error

  const { dialog } = await askToBeErased(user);
  await user.click(dialog.getByRole("button", { name: "Keep my account" }));

  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(screen.getByRole("button", { name: "Erase my account…" })).toBeVisible();
});

test("what is open is listed in place of the button, and looked at again", async () => {
  erasure = { ...NOT_ASKED, hindrances: [SESSIONS, CREDIT] };
  const { user } = visit(DATA);

  const list = within(await screen.findByRole("list"));
  expect(list.getAllByRole("listitem").map((item) => item.textContent)).toEqual([
    "2 sessions still to come, or not completed yet. Cancel what is to come.",
  ]);
  expect(screen.queryByRole("button", { name: "Erase my account…" })).toBeNull();
  erasure = NOT_ASKED;
  await user.click(screen.getByRole("button", { name: "Look again" }));

  expect(await screen.findByRole("button", { name: "Erase my account…" })).toBeVisible();
});

test("a refusal for what was opened meanwhile lists what to do first", async () => {
  server.use(
    http.post(`${USERS}/erasure`, () => {
      erasure = { ...NOT_ASKED, hindrances: [SESSIONS] };
      return refusal(409, "erasure_hindered", {
        hindrances: [{ what: SESSIONS.what, do: SESSIONS.do }],
      });
    }),
  );
  const { user } = visit(DATA);

  await user.click((await askToBeErased(user)).confirm);

  const alert = within(await screen.findByRole("alert"));
  expect(alert.getByText("Your account cannot be erased yet")).toBeVisible();
  expect(alert.getByRole("listitem")).toHaveTextContent("2 sessions still to come");
  expect(await screen.findByRole("button", { name: "Look again" })).toBeVisible();
});

test("what could not be read says so and is tried again", async () => {
  server.use(
    http.get(`${USERS}/export`, () => refusal(403, "forbidden"), { once: true }),
    http.get(`${USERS}/erasure`, () => refusal(403, "forbidden"), { once: true }),
  );
  const { user } = visit(DATA);

  expect(await screen.findByText("Whether an erasure waits could not be read")).toBeVisible();
  for (const button of await screen.findAllByRole("button", { name: "Try again" })) {
    await user.click(button);
  }

  expect(await screen.findByRole("button", { name: "Ask for a copy" })).toBeVisible();
  expect(await screen.findByRole("button", { name: "Erase my account…" })).toBeVisible();
});
