import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import type { GoalOut } from "@/lib/api-types";
import { ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";
import { aMentor, aSession, inDays, sessionIs } from "@/test/sessions";

const GOAL: GoalOut = {
  id: "goa_1",
  title: "A new job",
  client: "Cora Client",
  own: true,
  session_id: null,
  percent: 40,
  created_at: inDays(-20),
  completed_at: null,
  milestones: [
    { id: "mst_1", title: "Write the letter", reached_at: inDays(-2) },
    { id: "mst_2", title: "Send it", reached_at: null },
  ],
  progress: [
    { at: inDays(-9), percent: 20, note: "Begun" },
    { at: inDays(-2), percent: 40, note: "The letter is written" },
  ],
};

/** Answer the lists and the goal with what the function says now; return what was asked. */
function goalsAre(read: () => GoalOut[]): URL[] {
  const asked: URL[] = [];
  server.use(
    http.get(`${ORIGIN}/api/goals`, ({ request }) => {
      asked.push(new URL(request.url));
      return HttpResponse.json({ items: read(), next: null, prev: null });
    }),
    http.get(`${ORIGIN}/api/goals/:id`, ({ params }) => {
      const found = read().find(({ id }) => id === params.id);
      return found === undefined ? refusal(404, "not_found") : HttpResponse.json(found);
    }),
  );
  return asked;
}

type Sent = { key: string | null; body: unknown };

function sends(path: string, change: () => GoalOut): Sent[] {
  const sent: Sent[] = [];
  server.use(
    http.post(`${ORIGIN}/api${path}`, async ({ request }) => {
      const text = await request.text();
      sent.push({
        key: request.headers.get("Idempotency-Key"),
        body: text === "" ? null : JSON.parse(text),
      });
      return HttpResponse.json(change(), { status: 201 });
    }),
  );
  return sent;
}

test("the open goals with how far each is; the reached ones by their own address", async () => {
  signedInAs();
  const asked = goalsAre(() => [GOAL]);
  const page = visit("/app/goals");

  expect(await screen.findByRole("progressbar", { name: "A new job" })).toHaveValue(40);
  expect(screen.getByText("1 of 2 milestones")).toBeVisible();
  expect(screen.getByRole("link", { name: "A new job" })).toHaveAttribute(
    "href",
    "/app/goals/goa_1",
  );

  await page.user.click(screen.getByRole("tab", { name: "Reached" }));
  await waitFor(() => expect(asked).toHaveLength(2));
  expect(page.address()).toBe("/app/goals?which=reached");
  expect(asked.map((url) => url.searchParams.get("open"))).toEqual(["true", "false"]);
});

test("a goal is set under a key, and its page opens", async () => {
  signedInAs();
  goalsAre(() => [GOAL]);
  const sent = sends("/goals", () => GOAL);
  const page = visit("/app/goals");
  await page.user.click(await screen.findByRole("button", { name: "Set this goal" }));
  expect(screen.getByText("Write what you want to reach.")).toBeVisible();
  expect(sent).toEqual([]);

  await page.user.type(screen.getByLabelText("What do you want to reach?"), " A new job ");
  await page.user.click(screen.getByRole("button", { name: "Set this goal" }));

  expect(await screen.findByRole("heading", { level: 1, name: "A new job" })).toBeVisible();
  expect(page.address()).toBe("/app/goals/goa_1");
  expect(sent).toEqual([
    { key: expect.any(String) as string, body: { title: "A new job", session_id: null } },
  ]);
});

test("what was written at a booking becomes a goal of that session", async () => {
  signedInAs();
  goalsAre(() => []);
  sessionIs(() => aSession({ goals: "Get the job\nin May" }));
  const sent = sends("/goals", () => GOAL);
  const page = visit("/app/goals?from=ses_1");

  expect(await screen.findByDisplayValue("Get the job in May")).toBeVisible();
  expect(screen.getByText("Ada Adams sees this goal and how far it is.")).toBeVisible();
  await page.user.click(screen.getByRole("button", { name: "Set this goal" }));

  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.body).toEqual({ title: "Get the job in May", session_id: "ses_1" });
});

test("what is typed for a session stays while the reached goals are looked at", async () => {
  signedInAs();
  goalsAre(() => []);
  sessionIs(() => aSession({ goals: "Get the job" }));
  const page = visit("/app/goals?from=ses_1");
  await page.user.type(await screen.findByDisplayValue("Get the job"), " in May");

  await page.user.click(screen.getByRole("tab", { name: "Reached" }));

  expect(await screen.findByText("None reached yet")).toBeVisible();
  expect(page.address()).toBe("/app/goals?from=ses_1&which=reached");
  expect(screen.getByDisplayValue("Get the job in May")).toBeVisible();
});

test("a wish that is longer than a title is cut at a word", async () => {
  signedInAs();
  goalsAre(() => []);
  sessionIs(() => aSession({ goals: "word ".repeat(60) }));

  visit("/app/goals?from=ses_1");

  const shown = await screen.findByDisplayValue(/^word/);
  expect((shown as HTMLInputElement).value).toMatch(/^(word )+…$/);
  expect((shown as HTMLInputElement).value.length).toBeLessThanOrEqual(200);
});

test("a goal that is refused keeps what was typed", async () => {
  signedInAs();
  goalsAre(() => []);
  server.use(http.post(`${ORIGIN}/api/goals`, () => refusal(409, "too_many_goals")));
  const page = visit("/app/goals");
  await page.user.type(await screen.findByLabelText("What do you want to reach?"), "One more");

  await page.user.click(screen.getByRole("button", { name: "Set this goal" }));

  expect(await screen.findByText("The detail of too_many_goals.")).toBeVisible();
  expect(screen.getByLabelText("What do you want to reach?")).toHaveValue("One more");
});

test("progress is noted, a milestone added and reached, and the goal ended", async () => {
  signedInAs();
  let goal = GOAL;
  goalsAre(() => [goal]);
  const reports = sends("/goals/goa_1/progress", () => {
    goal = {
      ...goal,
      percent: 45,
      progress: [...goal.progress, { at: inDays(0), percent: 45, note: "An answer came" }],
    };
    return goal;
  });
  const steps = sends("/goals/goa_1/milestones", () => {
    goal = {
      ...goal,
      milestones: [...goal.milestones, { id: "mst_3", title: "Talk", reached_at: null }],
    };
    return goal;
  });
  const reached = sends("/goals/goa_1/milestones/mst_2/reach", () => {
    const milestones = goal.milestones.map((step) =>
      step.id === "mst_2" ? { ...step, reached_at: inDays(0) } : step,
    );
    goal = { ...goal, milestones };
    return goal;
  });
  const ended = sends("/goals/goa_1/complete", () => {
    goal = { ...goal, percent: 100, completed_at: inDays(0) };
    return goal;
  });
  const page = visit("/app/goals/goa_1");

  const range = await screen.findByRole("slider", { name: "How far are you now? 40%" });
  fireEvent.change(range, { target: { value: "45" } });
  await page.user.type(screen.getByLabelText(/^What has happened/), "An answer came");
  await page.user.click(screen.getByRole("button", { name: "Note it" }));
  expect(await screen.findByText("An answer came", { selector: "p" })).toBeVisible();
  expect(reports).toEqual([
    { key: expect.any(String) as string, body: { percent: 45, note: "An answer came" } },
  ]);
  expect(screen.getByRole("slider", { name: "How far are you now? 45%" })).toHaveValue("45");

  await page.user.type(screen.getByLabelText("The next milestone"), "Talk");
  await page.user.click(screen.getByRole("button", { name: "Add it" }));
  expect(await screen.findByRole("button", { name: "Reached Talk" })).toBeVisible();
  expect(steps[0]?.body).toEqual({ title: "Talk" });

  await page.user.click(screen.getByRole("button", { name: "Reached Send it" }));
  await waitFor(() =>
    expect(screen.queryByRole("button", { name: "Reached Send it" })).not.toBeInTheDocument(),
  );
  expect(reached).toHaveLength(1);

  await page.user.click(screen.getByRole("button", { name: "I have reached it" }));
  const dialog = await screen.findByRole("dialog", { name: "Have you reached it?" });
  await page.user.type(within(dialog).getByLabelText(/^How did it end/), "I begin in May");
  await page.user.click(within(dialog).getByRole("button", { name: "Yes, it is reached" }));
  expect(await screen.findByText(/^Reached on/, { selector: "span.font-medium" })).toBeVisible();
  expect(ended[0]?.body).toEqual({ note: "I begin in May" });
  for (const name of ["Note it", "Add it", "I have reached it"]) {
    expect(screen.queryByRole("button", { name })).not.toBeInTheDocument();
  }
});

test("a mentor reads a client's goal and cannot write on it", async () => {
  signedInAs(aMentor());
  goalsAre(() => [{ ...GOAL, own: false, session_id: "ses_1" }]);

  visit("/app/goals/goa_1");

  expect(await screen.findByText(/^Cora Client, set on/)).toBeVisible();
  expect(screen.getByRole("link", { name: "a session" })).toHaveAttribute(
    "href",
    "/app/sessions/ses_1",
  );
  expect(screen.getByText("The letter is written")).toBeVisible();
  expect(screen.queryByRole("button", { name: /./ })).toHaveAccessibleName(/^Account of/);
});

test("another's goal and a missing one are told, with the way to the own ones", async () => {
  signedInAs();
  goalsAre(() => []);

  visit("/app/goals/goa_9");

  expect(await screen.findByText("There is no such goal, or it is not yours")).toBeVisible();
  expect(screen.getByRole("link", { name: "Your goals" })).toHaveAttribute("href", "/app/goals");
});

test("goals that cannot be read say so and are read again", async () => {
  signedInAs();
  server.use(http.get(`${ORIGIN}/api/goals`, () => refusal(400, "odd")));
  const page = visit("/app/goals");
  expect(await screen.findByText("The detail of odd.")).toBeVisible();
  expect(screen.getByText("req_test")).toBeVisible();

  goalsAre(() => []);
  await page.user.click(screen.getByRole("button", { name: "Try again" }));

  expect(await screen.findByText("No goals on the way")).toBeVisible();
});

test("a goal that cannot be read is not told like a missing one, and is read again", async () => {
  signedInAs();
  server.use(http.get(`${ORIGIN}/api/goals/:id`, () => refusal(400, "odd")));
  const page = visit("/app/goals/goa_1");
  expect(await screen.findByText("The goal could not be read")).toBeVisible();
  expect(screen.queryByText(/no such goal/)).not.toBeInTheDocument();

  goalsAre(() => [GOAL]);
  await page.user.click(screen.getByRole("button", { name: "Try again" }));

  expect(await screen.findByRole("heading", { level: 1, name: "A new job" })).toBeVisible();
});
