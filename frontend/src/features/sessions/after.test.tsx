// What is done with a session that runs or is over: reports, and the review.

import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test } from "vitest";
import type { IncidentOut, SessionOut } from "@/lib/api-types";
import { ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";
import { aMentor, aSession, inMinutes, PAID, sessionIs } from "@/test/sessions";

const SESSION = "/app/sessions/ses_1";
const INCIDENTS = `${ORIGIN}/api/sessions/ses_1/incidents`;
const REVIEW = `${ORIGIN}/api/sessions/ses_1/review`;

const RUNS = { ...PAID, payment: null, status: "in_progress", starts_at: inMinutes(-30) } as const;
const OVER = { ...PAID, payment: null, status: "completed", starts_at: inMinutes(-90) } as const;

const INCIDENT: IncidentOut = {
  id: "inc_1",
  kind: "absence",
  by: "client",
  reason: "Nobody came.",
  status: "open",
  held_minutes: null,
  decision: "",
  created_at: inMinutes(-5),
  decided_at: null,
};

let session: SessionOut;

beforeEach(() => {
  signedInAs();
  sessionIs(() => session);
});

function reported(read: () => IncidentOut[]): void {
  server.use(http.get(INCIDENTS, () => HttpResponse.json({ items: read() })));
}

test("a client reports that the mentor did not come, and sees what happens next", async () => {
  session = aSession(RUNS);
  let incidents: IncidentOut[] = [];
  const bodies: unknown[] = [];
  reported(() => incidents);
  server.use(
    http.post(INCIDENTS, async ({ request }) => {
      bodies.push([request.headers.has("Idempotency-Key"), await request.json()]);
      incidents = [INCIDENT];
      return HttpResponse.json(INCIDENT, { status: 201 });
    }),
  );
  const page = visit(SESSION);
  await page.user.click(await screen.findByRole("button", { name: "Report a problem" }));
  const dialog = await screen.findByRole("dialog", { name: "Report a problem" });
  await page.user.click(within(dialog).getByRole("button", { name: "Send the report" }));
  expect(within(dialog).getByText("Choose what happened.")).toBeVisible();
  expect(within(dialog).getByText("Say in a few words what happened.")).toBeVisible();
  expect(bodies).toEqual([]);

  await page.user.click(within(dialog).getByRole("radio", { name: /^Ada Adams did not come/ }));
  await page.user.type(within(dialog).getByLabelText("What should we know?"), "Nobody came.");
  await page.user.click(within(dialog).getByRole("button", { name: "Send the report" }));

  const reports = await screen.findByRole("region", { name: "Reports" });
  expect(within(reports).getByText("You reported that Ada Adams did not come")).toBeVisible();
  expect(within(reports).getByText("We look at it")).toBeVisible();
  expect(within(reports).getByText(/^We write to both of you/)).toBeVisible();
  expect(bodies).toEqual([[true, { kind: "absence", reason: "Nobody came." }]]);
  expect(screen.queryByRole("button", { name: "Report a problem" })).not.toBeInTheDocument();
});

test("a report that comes too early is refused, and the words are kept", async () => {
  session = aSession(OVER);
  server.use(http.post(INCIDENTS, () => refusal(409, "not_reportable")));
  const page = visit(SESSION);
  await page.user.click(await screen.findByRole("button", { name: "Report a problem" }));
  // Of a session that is over an absence alone can be reported, and is chosen.
  await page.user.type(await screen.findByLabelText("What should we know?"), "Nobody came.");
  await page.user.click(screen.getByRole("button", { name: "Send the report" }));

  expect(await screen.findByText("The detail of not_reportable.")).toBeVisible();
  expect(screen.getByLabelText("What should we know?")).toHaveValue("Nobody came.");
  expect(screen.queryByRole("radio", { name: /emergency/ })).not.toBeInTheDocument();
});

test("the mentor reads the client's report, and how it was decided", async () => {
  signedInAs(aMentor());
  session = aSession(OVER);
  const decided = { status: "pro_rata", held_minutes: 20, decision: "The line broke." } as const;
  reported(() => [{ ...INCIDENT, kind: "emergency", ...decided, decided_at: inMinutes(-1) }]);

  visit(SESSION);

  const reports = await screen.findByRole("region", { name: "Reports" });
  expect(within(reports).getByText("Cora Client reported an emergency")).toBeVisible();
  expect(within(reports).getByText("20 of 60 minutes are paid.")).toBeVisible();
  expect(within(reports).getByText("Our decision: The line broke.")).toBeVisible();
});

test("nothing is to be reported of a session to come, nor long after it", async () => {
  session = aSession({ ...OVER, starts_at: inMinutes(-60 * 24 * 40) });

  visit(SESSION);

  expect(await screen.findByRole("link", { name: "Book Ada Adams again" })).toBeVisible();
  expect(screen.queryByRole("button", { name: "Report a problem" })).not.toBeInTheDocument();
});

test("reports that cannot be read say so", async () => {
  session = aSession(OVER);
  server.use(http.get(INCIDENTS, () => refusal(400, "bad_request")));

  visit(SESSION);

  expect(await screen.findByText("Reports could not be loaded")).toBeVisible();
});

test("a client reviews a completed session with stars, a sub-score and words", async () => {
  session = aSession(OVER);
  const bodies: unknown[] = [];
  server.use(
    http.post(REVIEW, async ({ request }) => {
      bodies.push(await request.json());
      session = { ...session, status: "reviewed" };
      return HttpResponse.json({}, { status: 201 });
    }),
  );
  const page = visit(SESSION);
  await page.user.click(await screen.findByRole("button", { name: "Review the session" }));
  const dialog = await screen.findByRole("dialog", { name: "How was it?" });
  const publish = () =>
    page.user.click(within(dialog).getByRole("button", { name: "Publish the review" }));
  await publish();
  expect(within(dialog).getByText("Choose one to five stars.")).toBeVisible();

  await page.user.click(within(dialog).getByRole("radio", { name: "4, very good" }));
  await page.user.selectOptions(within(dialog).getByLabelText(/^Clarity/), "5");
  await page.user.type(within(dialog).getByLabelText(/^In your words/), "Worth it");
  await publish();

  expect(await screen.findByText(/^You reviewed this session\./)).toBeVisible();
  expect(bodies).toEqual([{ rating: 4, clarity: 5, comment: "Worth it" }]);
  await waitFor(() => expect(dialog).not.toBeInTheDocument());
  expect(screen.queryByRole("button", { name: "Review the session" })).not.toBeInTheDocument();
});

test("a review that is refused keeps what was written", async () => {
  session = aSession(OVER);
  server.use(http.post(REVIEW, () => refusal(409, "review_window_closed")));
  const page = visit(SESSION);
  await page.user.click(await screen.findByRole("button", { name: "Review the session" }));
  await page.user.click(await screen.findByRole("radio", { name: "5, excellent" }));
  await page.user.type(screen.getByLabelText(/^In your words/), "Worth it");
  await page.user.click(screen.getByRole("button", { name: "Publish the review" }));

  expect(await screen.findByText("The detail of review_window_closed.")).toBeVisible();
  expect(screen.getByLabelText(/^In your words/)).toHaveValue("Worth it");
});

test("a mentor does not review the own session", async () => {
  signedInAs(aMentor());
  session = aSession(OVER);

  visit(SESSION);

  expect(await screen.findByRole("button", { name: "Report a problem" })).toBeVisible();
  expect(screen.queryByRole("button", { name: "Review the session" })).not.toBeInTheDocument();
});

test("an own report that is open can be taken back, the other one's cannot", async () => {
  session = aSession(OVER);
  const theirs: IncidentOut = { ...INCIDENT, id: "inc_2", by: "mentor", kind: "emergency" };
  let own: IncidentOut = INCIDENT;
  reported(() => [own, theirs]);
  server.use(
    http.post(`${INCIDENTS}/inc_1/withdraw`, () => {
      own = { ...INCIDENT, status: "withdrawn", decided_at: inMinutes(0) };
      return HttpResponse.json(own);
    }),
  );
  const page = visit(SESSION);
  await page.user.click(await screen.findByRole("button", { name: "Take it back" }));
  expect(await screen.findByText("Taken back")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Take it back" })).toBeNull();
});

test("a report that was decided meanwhile stays, and the page says why", async () => {
  session = aSession(OVER);
  reported(() => [INCIDENT]);
  server.use(http.post(`${INCIDENTS}/inc_1/withdraw`, () => refusal(409, "already_reported")));
  const page = visit(SESSION);
  await page.user.click(await screen.findByRole("button", { name: "Take it back" }));
  expect(await screen.findByRole("alert")).toBeVisible();
  expect(screen.getByText("We look at it")).toBeVisible();
});
