import { screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { GoalOut } from "@/lib/api-types";
import { speak } from "@/lib/i18n";
import { CLIENT, ORIGIN, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";

const GOAL: GoalOut = {
  id: "goa_1",
  title: "A new job",
  client: "Cora Client",
  own: true,
  session_id: "ses_1",
  percent: 40,
  created_at: "2025-03-01T15:00:00Z",
  completed_at: null,
  milestones: [
    { id: "mst_1", title: "Write the letter", reached_at: "2025-03-04T17:05:00Z" },
    { id: "mst_2", title: "Send it", reached_at: null },
  ],
  progress: [{ at: "2025-03-04T17:05:00Z", percent: 40, note: "The letter is written" }],
};

beforeEach(() => speak("de"));
afterEach(() => speak("en"));

function goalIs(goal: GoalOut): void {
  server.use(
    http.get(`${ORIGIN}/api/goals`, () =>
      HttpResponse.json({ items: [goal], next: null, prev: null }),
    ),
    http.get(`${ORIGIN}/api/goals/goa_1`, () => HttpResponse.json(goal)),
  );
}

test("a goal in German: whole sentences around its days, its percent and its session", async () => {
  signedInAs({ ...CLIENT, language: "de" });
  goalIs(GOAL);

  const page = visit("/app/goals/goa_1");

  const link = await screen.findByRole("link", { name: "einer Sitzung" });
  expect(link.parentElement).toHaveTextContent(
    /^Am Sa\., 1\. März 2025 in einer Sitzung gesetzt\.$/,
  );
  expect(link).toHaveAttribute("href", "/app/sessions/ses_1");
  expect(screen.getByText("Erreicht am Di., 4. März 2025")).toBeVisible();
  expect(screen.getByText("Di., 4. März 2025, 12:05 New York")).toBeVisible();
  expect(screen.getByRole("slider", { name: "Wie weit sind Sie jetzt? 40\u00a0%" })).toBeVisible();
  expect(screen.getByRole("button", { name: "Erreicht: Send it" })).toBeVisible();

  await page.user.click(screen.getByRole("button", { name: "Ich habe es erreicht" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Haben Sie es erreicht?" }));
  expect(
    dialog.getByText("„A new job“ steht dann bei 100 %, und es wird nichts mehr dazu notiert."),
  ).toBeVisible();
});

test("the list of goals in German says whose they are and how far", async () => {
  signedInAs({ ...CLIENT, language: "de" });
  const [first] = GOAL.milestones;
  if (first === undefined) throw new Error("The goal has milestones.");
  goalIs({ ...GOAL, own: false, milestones: [first] });

  visit("/app/goals");

  expect(await screen.findByText("Cora Client · 1 von 1 Meilenstein")).toBeVisible();
  expect(screen.getByRole("tab", { name: "Unterwegs" })).toBeVisible();
  expect(screen.getByRole("button", { name: "Ziel setzen" })).toBeVisible();
});
