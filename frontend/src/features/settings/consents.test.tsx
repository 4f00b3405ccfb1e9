import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test } from "vitest";
import type { ConsentsOut, DocumentVersionOut } from "@/lib/api-types";
import { ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";

const CONSENTS = `${ORIGIN}/api/users/consents`;
const TERMS: DocumentVersionOut = {
  id: "lgv_terms",
  title: "Terms",
  version: "2.0",
  effective_from: "2026-11-01",
  url: "/terms/",
  digest: "a".repeat(64),
  agreed: false,
};
const PRIVACY = { ...TERMS, id: "lgv_privacy", title: "Privacy", version: "1.0", url: "/privacy/" };
const BANNER = { name: "Please read, and say that you agree" };

let consents: ConsentsOut;
let sent: unknown[];

beforeEach(() => {
  signedInAs();
  consents = { complete: false, documents: [TERMS, { ...PRIVACY, agreed: true }] };
  sent = [];
  server.use(
    http.get(CONSENTS, () => HttpResponse.json(consents)),
    http.post(CONSENTS, async ({ request }) => {
      sent.push(await request.json());
      consents = {
        complete: true,
        documents: consents.documents.map((one) => ({ ...one, agreed: true })),
      };
      return HttpResponse.json(consents);
    }),
  );
});

test("a version that was not agreed to is named with its page, and agreed to", async () => {
  const { user } = visit("/app/nowhere");

  const banner = within(await screen.findByRole("region", BANNER));
  expect(banner.getAllByRole("link")).toHaveLength(1);
  const link = banner.getByRole("link", { name: /^Terms, version 2.0/ });
  expect(link).toHaveAttribute("href", "/terms/");
  expect(banner.getByText(/in force since Sunday,? 1 November 2026/)).toBeVisible();
  await user.click(banner.getByRole("button", { name: "Agree" }));

  await waitFor(() => expect(screen.queryByRole("region", BANNER)).toBeNull());
  expect(sent).toEqual([{ versions: ["lgv_terms"] }]);
  expect(await screen.findByText(/It is noted that you agree/)).toBeVisible();
});

test("it blocks nothing: the page below is there and works", async () => {
  const { user, address } = visit("/app/nowhere");

  await screen.findByRole("region", BANNER);
  await user.click(screen.getByRole("link", { name: "To the dashboard" }));

  await waitFor(() => expect(address()).toBe("/app"));
  expect(sent).toEqual([]);
});

test("several are agreed to at once, each of them named", async () => {
  consents = { complete: false, documents: [TERMS, PRIVACY] };
  const { user } = visit("/app/nowhere");

  await user.click(await screen.findByRole("button", { name: "Agree to all of them" }));

  await waitFor(() => expect(sent).toEqual([{ versions: ["lgv_terms", "lgv_privacy"] }]));
});

test("nothing is shown where it is not known what was agreed to", async () => {
  const seen: string[] = [];
  server.use(
    http.get(CONSENTS, () => {
      seen.push("read");
      return refusal(403, "forbidden");
    }),
  );

  visit("/app/nowhere");

  expect(await screen.findByRole("heading", { level: 1 })).toHaveTextContent("no such page");
  await waitFor(() => expect(seen).toEqual(["read"]));
  expect(screen.queryByRole("region", BANNER)).toBeNull();
});

test("a step of a payment is left alone", async () => {
  server.use(http.get(`${ORIGIN}/api/sessions/ses_1`, () => refusal(404, "not_found")));

  visit("/app/sessions/ses_1/pay");

  expect(await screen.findByText("The detail of not_found.")).toBeVisible();
  expect(screen.queryByRole("region", BANNER)).toBeNull();
});

test("a version that is in force no more is refused, and the new one is shown", async () => {
  server.use(
    http.post(CONSENTS, () => {
      consents = { complete: false, documents: [{ ...TERMS, id: "lgv_next", version: "3.0" }] };
      return refusal(422, "invalid");
    }),
  );
  const { user } = visit("/app/nowhere");

  await user.click(await screen.findByRole("button", { name: "Agree" }));

  expect(await screen.findByText("The detail of invalid.")).toBeVisible();
  expect(await screen.findByRole("link", { name: /^Terms, version 3.0/ })).toBeVisible();
});
