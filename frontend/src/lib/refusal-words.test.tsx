import { screen } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Problem } from "@/lib/api-types";
import { speak } from "@/lib/i18n";
import { ApiError } from "@/lib/problem";
import { CLIENT, ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";

const READ = { ETag: '"v1"' };

beforeEach(() => speak("de"));
afterEach(() => speak("en"));

/** Type a new name and save it, which is answered by this refusal. */
async function saveRefused(refused: () => Response): Promise<void> {
  signedInAs({ ...CLIENT, language: "de" });
  server.use(
    http.get(`${ORIGIN}/api/users/profile`, () =>
      HttpResponse.json({ ...CLIENT, language: "de" }, { headers: READ }),
    ),
    http.patch(`${ORIGIN}/api/users/profile`, refused),
  );
  const page = visit("/app/settings/you");
  await page.user.type(await screen.findByLabelText("Ihr Name"), " Clay");
  await page.user.click(screen.getByRole("button", { name: "Namen speichern" }));
}

test("a refused form says in German what happened, with the request's id", async () => {
  await saveRefused(() => refusal(503, "dependency_down", { request_id: "req_42" }));

  expect(
    await screen.findByText(
      "Ein Teil der Website antwortet gerade nicht. Versuchen Sie es gleich noch einmal.",
    ),
  ).toBeVisible();
  expect(screen.getByText("req_42").parentElement).toHaveTextContent(
    "Kennung für den Support: req_42",
  );
  expect(screen.queryByText("The detail of dependency_down.")).toBeNull();
});

test("what is wrong with a field stands in German at the field", async () => {
  const said = { detail: "String should have at most 120 characters", code: "string_too_long" };
  await saveRefused(() =>
    refusal(422, "validation_failed", {
      errors: [{ ...said, pointer: "#/name", parameter: null }],
    }),
  );

  expect(await screen.findByText("Schreiben Sie höchstens 120 Zeichen.")).toBeVisible();
  expect(screen.getByLabelText("Ihr Name")).toBeInvalid();
  expect(screen.queryByText(said.detail)).toBeNull();
});

test("a code without German words is shown in the server's", async () => {
  await saveRefused(() => refusal(409, "brand_new", { request_id: "req_43" }));

  expect(await screen.findByText("The detail of brand_new.")).toBeVisible();
  expect(screen.getByText("req_43")).toBeVisible();
});

function refused(problem: Partial<Problem>, headers: Record<string, string> = {}): ApiError {
  return new ApiError(problem, new Response(null, { status: 429, headers }));
}

test.each([
  ["40", "in 40 Sekunden"],
  ["130", "in 3 Minuten"],
  ["7300", "in 3 Stunden"],
])("to wait for %s seconds is said in words", (seconds, words) => {
  const error = refused({ code: "too_many_attempts" }, { "Retry-After": seconds });

  expect(error.title).toBe("Zu viele Versuche");
  expect(error.detail).toBe(`Es gab zu viele Versuche. Versuchen Sie es ${words} noch einmal.`);
});

test("a sentence with a place that nothing fills is not shown", () => {
  const server = { code: "too_many_attempts", title: "Too many attempts", detail: "Wait." };

  expect(refused(server)).toMatchObject({ title: server.title, detail: server.detail });
});

test("a fault is told by its member, by its code, as the refusal, else by the server", () => {
  const faults = [
    { pointer: "#/percent", code: "invalid", detail: "percent is 0 to 100." },
    { pointer: "#/weekly/0/odd", code: "invalid", detail: "Odd." },
    { pointer: "#/code", code: "app_code_wrong", detail: "Wrong." },
    { pointer: "#/text", code: "string_too_long", detail: "Too long" },
    { pointer: "#/text", code: "unheard_of", detail: "Unheard of." },
  ];

  expect(
    refused({ errors: faults.map((one) => ({ ...one, parameter: null })) }).errors.map(
      ({ detail }) => detail,
    ),
  ).toEqual([
    "Schreiben Sie eine Zahl von 0 bis 100.",
    "Diese Angabe kann so nicht verwendet werden.",
    "Das ist nicht der Code, den die App gerade zeigt. Sehen Sie in der App nach und versuchen Sie es noch einmal.",
    "Too long",
    "Unheard of.",
  ]);
});

test("a refusal about one member says what is wrong with it", () => {
  const said = { code: "invalid", detail: "percent is 0 to 100." };
  const error = refused({ ...said, errors: [{ ...said, pointer: "#/percent", parameter: null }] });

  expect(error.title).toBe("Angabe nicht verwendbar");
  expect(error.detail).toBe("Schreiben Sie eine Zahl von 0 bis 100.");
});

test.each([
  [
    "Input should be greater than or equal to -5.5",
    "greater_than_equal",
    "Geben Sie mindestens -5,5 ein.",
  ],
  ["At most 1000000.", "less_than_equal", "Schreiben Sie höchstens 1.000.000."],
  ["address2 has at least 3 characters", "string_too_short", "Schreiben Sie mindestens 3 Zeichen."],
  ["later than 2026-12-01", "greater_than", "later than 2026-12-01"], // a day is no number
  ["until 09:30", "less_than", "until 09:30"],
])("the number of %s is read whole, with its sign, and written in German", (detail, code, told) => {
  const errors = [{ pointer: "#/amount", parameter: null, code, detail }];

  expect(refused({ errors }).errors[0]?.detail).toBe(told);
});

test("a price that is too low names the least that can be paid, where there is one", () => {
  const problem = { code: "price_too_low", detail: "Too low." };

  expect(refused({ ...problem, ...{ least: { amount: 500, currency: "USD" } } }).detail).toBe(
    "Der Preis, oder was der Rabatt davon übrig lässt, ist zu niedrig: Es müssen mindestens 5,00 USD sein.",
  );
  expect(refused(problem).detail).toMatch(/^Der Preis deckt nicht einmal die Gebühr/);
});

test("in English the server's own words are shown", async () => {
  await speak("en");
  const problem = { code: "slot_taken", title: "Slot taken", detail: "Just taken." };

  expect(refused(problem)).toMatchObject({ title: problem.title, detail: problem.detail });
});
