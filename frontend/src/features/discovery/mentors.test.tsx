import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test } from "vitest";
import type { MentorPage } from "@/lib/api-types";
import { ADA, mentorPage } from "@/test/answers";
import { ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";

let asked: URLSearchParams[] = [];

/** The directory answers with `page`, and what it was asked is kept. */
function directory(page: (query: URLSearchParams) => MentorPage): void {
  server.use(
    http.get(`${ORIGIN}/api/mentors`, ({ request }) => {
      const query = new URL(request.url).searchParams;
      asked.push(query);
      return HttpResponse.json(page(query));
    }),
  );
}

function lastAsked(): Record<string, string> {
  return Object.fromEntries(asked.at(-1) ?? []);
}

beforeEach(() => {
  asked = [];
  signedInAs();
});

test("a mentor stands there with price and next free time in my zone", async () => {
  directory(() => mentorPage([ADA]));

  visit("/app/mentors");

  const list = await screen.findByRole("list", { name: "Mentors" });
  expect(within(list).getByRole("link", { name: "Ada Winterbourne" })).toHaveAttribute(
    "href",
    "/app/mentors/ada",
  );
  expect(within(list).getByText("$80.00 USD")).toBeVisible();
  expect(within(list).getByText(/Tue 2 Mar 2027, 13:00/)).toHaveTextContent("New York");
  expect(lastAsked()).toEqual({ limit: "12" });
});

test("the address holds every filter: a reload asks the same, and nonsense is left out", async () => {
  directory(() => mentorPage([ADA]));

  visit(
    "/app/mentors?q=career&price_max=9000&currency=USD&rating_min=4.5&language=fr&location=London&duration=60&free_from=2027-03-01T08:00:00Z&sort=soonest&price_min=abc&extra=1",
  );

  await screen.findByRole("list", { name: "Mentors" });
  expect(lastAsked()).toEqual({
    q: "career",
    price_max: "9000",
    currency: "USD",
    rating_min: "4.5",
    language: "fr",
    location: "London",
    duration: "60",
    free_from: "2027-03-01T08:00:00Z",
    sort: "soonest",
    limit: "12",
  });
  expect(screen.getByRole("button", { name: "Remove the filter Up to $90.00 USD" })).toBeVisible();
});

test("a filter that is set goes into the address and to the API", async () => {
  directory(() => mentorPage([ADA]));
  const { user, address } = visit("/app/mentors");
  await screen.findByRole("list", { name: "Mentors" });

  await user.selectOptions(screen.getByLabelText("Session length"), "60");

  await waitFor(() => expect(address()).toBe("/app/mentors?duration=60"));
  await waitFor(() => expect(lastAsked()).toEqual({ duration: "60", limit: "12" }));
});

test("a price is taken in the currency's own units and sent in minor ones", async () => {
  directory(() => mentorPage([ADA]));
  const { user, address } = visit("/app/mentors");
  await screen.findByRole("list", { name: "Mentors" });

  await user.type(screen.getByLabelText("At most, in USD"), "80.50{Enter}");

  await waitFor(() => expect(address()).toBe("/app/mentors?price_max=8050&currency=USD"));
});

test("words are searched for when the typing pauses", async () => {
  directory(() => mentorPage([ADA]));
  const { user, address } = visit("/app/mentors");
  await screen.findByRole("list", { name: "Mentors" });

  await user.type(screen.getByRole("searchbox"), "career");

  await waitFor(() => expect(address()).toBe("/app/mentors?q=career"));
  await waitFor(() => expect(asked.map((query) => query.get("q"))).toEqual([null, "career"]));
});

test("a chip takes its filter away", async () => {
  directory(() => mentorPage([ADA]));
  const { user, address } = visit("/app/mentors?duration=60&language=fr");

  await user.click(await screen.findByRole("button", { name: "Remove the filter French" }));

  await waitFor(() => expect(address()).toBe("/app/mentors?duration=60"));
});

test("where nobody fits, it says what was left out", async () => {
  directory((query) =>
    query.has("duration")
      ? mentorPage([ADA], { relaxed: ["free", "duration"] })
      : mentorPage([ADA]),
  );
  const { user, address } = visit("/app/mentors?duration=45");

  expect(await screen.findByText("Nobody fits all of it")).toBeVisible();
  expect(screen.getByText(/we left out the free time and the length/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Clear all filters" }));

  await waitFor(() => expect(address()).toBe("/app/mentors"));
});

test("the next page is added below, by its cursor", async () => {
  directory((query) =>
    query.get("cursor") === "two"
      ? mentorPage([{ ...ADA, slug: "bo", name: "Bo Berg" }])
      : mentorPage([ADA], { next: "two" }),
  );
  const { user } = visit("/app/mentors");

  await user.click(await screen.findByRole("button", { name: "Show more mentors" }));

  expect(await screen.findByRole("link", { name: "Bo Berg" })).toBeVisible();
  expect(screen.getByRole("link", { name: "Ada Winterbourne" })).toBeVisible();
  expect(screen.queryByRole("button", { name: "Show more mentors" })).toBeNull();
});

test("a next page that fails leaves what is there", async () => {
  server.use(
    http.get(`${ORIGIN}/api/mentors`, ({ request }) =>
      new URL(request.url).searchParams.has("cursor")
        ? refusal(400, "bad_cursor", { request_id: "req_8" })
        : HttpResponse.json(mentorPage([ADA], { next: "two" })),
    ),
  );
  const { user } = visit("/app/mentors");

  await user.click(await screen.findByRole("button", { name: "Show more mentors" }));

  expect(await screen.findByText("req_8")).toBeVisible();
  expect(screen.getByRole("link", { name: "Ada Winterbourne" })).toBeVisible();
});

test("an empty directory says what would be here", async () => {
  directory(() => mentorPage([]));

  visit("/app/mentors");

  expect(await screen.findByText("No mentors yet")).toBeVisible();
});

test("a failure shows its request's id, and trying again helps", async () => {
  server.use(
    http.get(`${ORIGIN}/api/mentors`, () => refusal(400, "bad_cursor", { request_id: "req_9" }), {
      once: true,
    }),
    http.get(`${ORIGIN}/api/mentors`, () => HttpResponse.json(mentorPage([ADA]))),
  );
  const { user } = visit("/app/mentors");

  expect(await screen.findByText("req_9")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Try again" }));

  expect(await screen.findByRole("link", { name: "Ada Winterbourne" })).toBeVisible();
});
