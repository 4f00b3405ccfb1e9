import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import type { ReviewOut } from "@/lib/api-types";
import { ADA_DETAIL } from "@/test/answers";
import { ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";
import { aMentor, inDays } from "@/test/sessions";

const REVIEW: ReviewOut = {
  id: "rev_1",
  author: "Cora C.",
  rating: 4,
  preparation: null,
  clarity: 5,
  usefulness: 4,
  comment: "Worth it",
  created_at: inDays(-1),
  reply: null,
};
const ANSWERED = { ...REVIEW, reply: { text: "Thank you", created_at: inDays(0) } };

function ownReviews(read: () => ReviewOut[]): URL[] {
  const asked: URL[] = [];
  server.use(
    http.get(`${ORIGIN}/api/mentors/me/reviews`, ({ request }) => {
      asked.push(new URL(request.url));
      const items = read();
      return HttpResponse.json({ rating: 4.8, reviews_count: 31, items, next: null, prev: null });
    }),
  );
  return asked;
}

test("a mentor answers a review in public, and it waits no more", async () => {
  signedInAs(aMentor());
  let items = [REVIEW];
  const bodies: unknown[] = [];
  const asked = ownReviews(() => items);
  server.use(
    http.post(`${ORIGIN}/api/reviews/rev_1/reply`, async ({ request }) => {
      bodies.push(await request.json());
      items = [];
      return HttpResponse.json(ANSWERED, { status: 201 });
    }),
  );
  const page = visit("/app/reviews");
  expect(await screen.findByText("clarity 5 of 5")).toBeVisible();

  await page.user.click(screen.getByRole("button", { name: "Answer Cora C." }));
  await page.user.type(screen.getByLabelText("Your answer to Cora C."), "Thank you");
  await page.user.click(screen.getByRole("button", { name: "Publish the answer" }));

  expect(await screen.findByText("Everything is answered")).toBeVisible();
  expect(bodies).toEqual([{ text: "Thank you" }]);
  expect(asked[0]?.searchParams.get("answered")).toBe("false");
});

test("all reviews: an answered one takes no second answer", async () => {
  signedInAs(aMentor());
  ownReviews(() => [ANSWERED]);

  visit("/app/reviews?which=all");

  expect(await screen.findByText("You answered")).toBeVisible();
  expect(screen.queryByRole("button", { name: /^Answer/ })).not.toBeInTheDocument();
});

test("an answer that is refused is kept", async () => {
  signedInAs(aMentor());
  ownReviews(() => [REVIEW]);
  server.use(http.post(`${ORIGIN}/api/reviews/rev_1/reply`, () => refusal(409, "already_replied")));
  const page = visit("/app/reviews");
  await page.user.click(await screen.findByRole("button", { name: "Answer Cora C." }));
  await page.user.type(screen.getByLabelText(/^Your answer/), "Thank you");

  await page.user.click(screen.getByRole("button", { name: "Publish the answer" }));

  expect(await screen.findByText("The detail of already_replied.")).toBeVisible();
  expect(screen.getByLabelText(/^Your answer/)).toHaveValue("Thank you");
});

test.each([
  ["the review by Cora C.", "review"],
  ["the answer by Ada Winterbourne", "reply"],
])("a reader reports %s", async (what, part) => {
  signedInAs();
  const bodies: unknown[] = [];
  server.use(
    http.get(`${ORIGIN}/api/mentors/ada`, () =>
      HttpResponse.json({ ...ADA_DETAIL, reviews: [ANSWERED] }),
    ),
    http.post(`${ORIGIN}/api/reviews/rev_1/report`, async ({ request }) => {
      bodies.push(await request.json());
      return HttpResponse.json({}, { status: 201 });
    }),
  );
  const page = visit("/app/mentors/ada");
  await page.user.click(await screen.findByRole("button", { name: `Report ${what}` }));
  const dialog = await screen.findByRole("dialog", { name: `Report ${what}` });
  await page.user.click(within(dialog).getByRole("button", { name: "Send the report" }));
  expect(within(dialog).getByText("Choose what is wrong.")).toBeVisible();

  await page.user.selectOptions(within(dialog).getByLabelText("What is wrong?"), "untrue");
  await page.user.click(within(dialog).getByRole("button", { name: "Send the report" }));

  await waitFor(() => expect(dialog).not.toBeInTheDocument());
  expect(bodies).toEqual([{ part, reason: "untrue", words: "" }]);
});

test("a second report of the same text is told kindly", async () => {
  signedInAs();
  server.use(
    http.get(`${ORIGIN}/api/mentors/ada`, () =>
      HttpResponse.json({ ...ADA_DETAIL, reviews: [REVIEW] }),
    ),
    http.post(`${ORIGIN}/api/reviews/rev_1/report`, () => refusal(409, "already_reported")),
  );
  const page = visit("/app/mentors/ada");
  await page.user.click(await screen.findByRole("button", { name: /^Report the review/ }));
  await page.user.selectOptions(await screen.findByLabelText("What is wrong?"), "other");
  await page.user.click(screen.getByRole("button", { name: "Send the report" }));

  expect(await screen.findByText("You have reported this already")).toBeVisible();
});
