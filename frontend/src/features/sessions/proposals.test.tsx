import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test } from "vitest";
import type { ProposalOut, SessionOut } from "@/lib/api-types";
import { instantOf, localOf } from "@/lib/days";
import { formatBrief, formatInstant } from "@/lib/time";
import { slotAt } from "@/test/answers";
import { CLIENT, ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";
import { aMentor, aSession, inDays, inMinutes, PAID, sessionIs } from "@/test/sessions";

const SESSION = "/app/sessions/ses_1";
const PROPOSALS = `${ORIGIN}/api/sessions/ses_1/proposals`;
const ZONE = CLIENT.time_zone;
const [OLD, ONE, OTHER] = [inDays(5), inDays(6), inDays(7)];

let session: SessionOut;

const PROPOSAL: ProposalOut = {
  id: "prp_1",
  by: "mentor",
  status: "open",
  starts_at: [ONE, OTHER],
  accepted: null,
  message: "I am on a train then.",
  created_at: inMinutes(-5),
  answered_at: null,
};

beforeEach(() => {
  session = aSession({ ...PAID, payment: null, starts_at: OLD });
  signedInAs();
  sessionIs(() => session);
});

function proposed(read: () => ProposalOut[]): void {
  server.use(http.get(PROPOSALS, () => HttpResponse.json({ items: read() })));
}

test("a client sees what the mentor proposes and accepts one time", async () => {
  let proposal = PROPOSAL;
  const bodies: unknown[] = [];
  proposed(() => [proposal]);
  server.use(
    http.post(`${PROPOSALS}/prp_1/accept`, async ({ request }) => {
      bodies.push([request.headers.has("Idempotency-Key"), await request.json()]);
      proposal = { ...proposal, status: "accepted", accepted: OTHER };
      session = { ...session, starts_at: OTHER, ends_at: inDays(8) };
      return HttpResponse.json(session);
    }),
  );
  const page = visit(SESSION);
  const card = await screen.findByRole("region", { name: "Ada Adams proposes other times" });
  expect(within(card).getByText("“I am on a train then.”")).toBeVisible();
  expect(card).toHaveTextContent(`Until then it stays on ${formatInstant(OLD, ZONE)}.`);

  await page.user.click(
    within(card).getByRole("button", { name: `Accept ${formatBrief(OTHER, ZONE)}` }),
  );

  await waitFor(() => expect(card).not.toBeInTheDocument());
  expect(bodies).toEqual([[true, { starts_at: OTHER }]]);
});

test("a time that is taken by then: the refusal is told and the proposal stays", async () => {
  proposed(() => [PROPOSAL]);
  server.use(http.post(`${PROPOSALS}/prp_1/accept`, () => refusal(409, "slot_taken")));
  const page = visit(SESSION);

  await page.user.click(
    await screen.findByRole("button", { name: `Accept ${formatBrief(ONE, ZONE)}` }),
  );

  expect(await screen.findByText("The detail of slot_taken.")).toBeVisible();
  expect(screen.getByRole("button", { name: `Accept ${formatBrief(OTHER, ZONE)}` })).toBeEnabled();
});

test("declining leaves the session where it is", async () => {
  let proposal = PROPOSAL;
  proposed(() => [proposal]);
  server.use(
    http.post(`${PROPOSALS}/prp_1/decline`, () => {
      proposal = { ...proposal, status: "declined" };
      return HttpResponse.json(proposal);
    }),
  );
  const page = visit(SESSION);

  await page.user.click(await screen.findByRole("button", { name: "Decline" }));

  await waitFor(() => expect(screen.queryByText(/proposes other times/)).not.toBeInTheDocument());
});

test("the own proposal waits, is taken back, and its refusal is told", async () => {
  let proposal: ProposalOut = { ...PROPOSAL, by: "client", starts_at: [ONE] };
  proposed(() => [proposal]);
  server.use(
    http.post(`${PROPOSALS}/prp_1/withdraw`, () => {
      proposal = { ...proposal, status: "withdrawn" };
      return HttpResponse.json(proposal);
    }),
  );
  const page = visit(SESSION);
  const card = await screen.findByRole("region", { name: "Ada Adams has not answered yet" });
  expect(within(card).queryByRole("button", { name: /^Accept/ })).not.toBeInTheDocument();

  await page.user.click(within(card).getByRole("button", { name: "Take it back" }));

  await waitFor(() => expect(card).not.toBeInTheDocument());
});

test("who proposed is told that it was declined", async () => {
  proposed(() => [{ ...PROPOSAL, by: "client", status: "declined" }]);

  visit(SESSION);

  expect(await screen.findByText(/^Ada Adams declined the times/)).toBeVisible();
});

test("proposals that cannot be read say so, and the page stands without them", async () => {
  server.use(http.get(PROPOSALS, () => refusal(400, "bad_request")));

  visit(SESSION);

  expect(await screen.findByText("Proposed times could not be loaded")).toBeVisible();
  expect(screen.getByRole("heading", { name: "Session with Ada Adams" })).toBeVisible();
});

test("a mentor proposes two times of their own clock, with a few words", async () => {
  signedInAs(aMentor());
  const bodies: unknown[] = [];
  server.use(
    http.post(PROPOSALS, async ({ request }) => {
      bodies.push([request.headers.has("Idempotency-Key"), await request.json()]);
      return HttpResponse.json(PROPOSAL, { status: 201 });
    }),
  );
  const page = visit(SESSION);
  await page.user.click(await screen.findByRole("button", { name: "Propose another time" }));
  const dialog = await screen.findByRole("dialog", { name: "Propose another time" });
  const send = () => page.user.click(within(dialog).getByRole("button", { name: /^Propose th/ }));
  // The present time is where it begins, and is no proposal.
  await send();
  expect(await within(dialog).findByText("This is the present time.")).toBeVisible();

  const [first, second] = [localOf(ONE, ZONE), localOf(OTHER, ZONE)];
  fireEvent.change(within(dialog).getByLabelText("Time 1, New York"), { target: { value: first } });
  await page.user.click(within(dialog).getByRole("button", { name: "Add another time" }));
  fireEvent.change(within(dialog).getByLabelText("Time 2, New York"), {
    target: { value: second },
  });
  await page.user.type(within(dialog).getByLabelText(/^A few words for Cora/), "Sorry");
  await send();

  await waitFor(() => expect(dialog).not.toBeInTheDocument());
  const starts = [first, second].map((local) => instantOf(local, ZONE));
  expect(bodies).toEqual([[true, { starts_at: starts, message: "Sorry" }]]);
});

test("a mentor's proposed time that is taken keeps the words and offers what is free", async () => {
  signedInAs(aMentor());
  const free = slotAt(OTHER);
  server.use(http.post(PROPOSALS, () => refusal(409, "slot_taken", { alternatives: [free] })));
  const page = visit(SESSION);
  await page.user.click(await screen.findByRole("button", { name: "Propose another time" }));
  fireEvent.change(await screen.findByLabelText("Time 1, New York"), {
    target: { value: localOf(ONE, ZONE) },
  });
  await page.user.type(screen.getByLabelText(/^A few words/), "Sorry");
  await page.user.click(screen.getByRole("button", { name: "Propose this time" }));

  await page.user.click(
    await screen.findByRole("button", { name: `Use ${formatInstant(OTHER, ZONE)}` }),
  );

  expect(screen.getByLabelText("Time 1, New York")).toHaveValue(localOf(OTHER, ZONE));
  expect(screen.getByLabelText(/^A few words/)).toHaveValue("Sorry");
});
