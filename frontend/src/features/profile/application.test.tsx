import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import type { ApplicationOut, OwnPageOut, UserOut } from "@/lib/api-types";
import { CLIENT, ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";
import { aMentor, inDays } from "@/test/sessions";

const CALL = `${ORIGIN}/api/mentors/me/application`;

const SUBMITTED: ApplicationOut = {
  id: "app_1",
  status: "submitted",
  since: inDays(-2),
  submitted_at: inDays(-2),
  answer_by: null,
  checklist: [
    {
      check: "identity",
      label: "Identity",
      asked: "The person is who they say.",
      done: true,
      seen: "client@example.com is proven: mail sent there is read.",
      fits: true,
    },
    {
      check: "prices",
      label: "Prices",
      asked: "Prices that clients of this market would pay.",
      done: false,
      seen: "Nothing is offered yet, so there is no price.",
      fits: false,
    },
  ],
  steps: [{ event: "submit", by: "applicant", comment: "Ask Bea Brown.", at: inDays(-2) }],
};
const ASKED: ApplicationOut = {
  ...SUBMITTED,
  status: "changes_asked",
  answer_by: inDays(12),
  steps: [
    ...SUBMITTED.steps,
    { event: "", by: "curator", comment: "We like the headline.", at: inDays(-1) },
    { event: "ask", by: "curator", comment: "Say which law.", at: inDays(-1) },
  ],
};
const SENT_IN: OwnPageOut = {
  slug: "cora-client",
  state: "changes_asked",
  live: null,
  pending: {
    headline: "Careers in law",
    bio: "<p>Twenty years [so far].<br>Really.</p><p>In London.</p>",
    expertise: ["careers", "law"],
    portrait_url: "/portraits/cora-client.svg",
    has_photo: false,
  },
  differing: [],
  review: null,
  location: "",
  languages: [],
  reviewed: ["headline", "bio", "expertise", "portrait"],
  instant: ["location", "languages"],
  version: "3",
};

function anApplicant(status: "applied" | "live" = "applied"): UserOut {
  return { ...CLIENT, mentor: { id: "mtr_1", slug: "cora-client", status } };
}

/** Answer with the application as it is now; collect what is sent, by the end of its address. */
function applicationIs(read: () => ApplicationOut | null) {
  const sent: { to: string; body: unknown }[] = [];
  const answered = () => {
    const found = read();
    return found === null ? refusal(404, "not_found") : HttpResponse.json(found);
  };
  const kept = async ({ request }: { request: Request }) => {
    const text = await request.text();
    sent.push({
      to: request.url.slice(CALL.length),
      body: text === "" ? null : JSON.parse(text),
    });
    return answered();
  };
  server.use(
    http.get(CALL, answered),
    http.post(CALL, kept),
    http.post(`${CALL}/:act`, kept),
    http.get(`${ORIGIN}/api/mentors/me/page`, () =>
      HttpResponse.json(SENT_IN, { headers: { ETag: '"3"' } }),
    ),
  );
  return sent;
}

test("whoever has not applied comes from the account menu, applies, and sees where it stands", async () => {
  signedInAs();
  const sent = applicationIs(() => SUBMITTED);
  server.use(http.get(`${ORIGIN}/api/dashboard`, () => refusal(404, "not_found")));
  const { user, address } = visit("/app/profile");
  await user.click(await screen.findByRole("button", { name: "Account of Cora Client" }));
  await user.click(await screen.findByRole("menuitem", { name: "Become a mentor" }));
  await waitFor(() => expect(address()).toBe("/app/apply"));

  await user.click(await screen.findByRole("button", { name: "Send the application" }));
  expect(screen.getByText("Say in one line what you help with.")).toBeVisible();
  expect(sent).toEqual([]);
  await user.type(screen.getByLabelText("Headline"), " Careers in law ");
  await user.type(screen.getByLabelText(/^About you/), "Twenty years.");
  await user.type(screen.getByLabelText(/^Subjects/), "careers, law, careers");
  await user.type(screen.getByLabelText(/^Message to the curators/), "Ask Bea Brown.");
  signedInAs(anApplicant());
  await user.click(screen.getByRole("button", { name: "Send the application" }));

  expect(await screen.findByText("With the curators")).toBeVisible();
  expect(sent).toEqual([
    {
      to: "",
      body: {
        headline: "Careers in law",
        bio: "Twenty years.",
        expertise: ["careers", "law"],
        message: "Ask Bea Brown.",
      },
    },
  ]);
});

test("the checklist is the curators', with what is ticked and what the program sees", async () => {
  signedInAs(anApplicant());
  applicationIs(() => SUBMITTED);

  visit("/app/apply");

  expect(await screen.findByText(/1 of 2 points is ticked/)).toBeVisible();
  const [identity, prices] = ["Identity", "Prices"].map((label) =>
    screen.getByText(label).closest("li"),
  );
  expect(identity).toHaveTextContent("Ticked");
  expect(prices).toHaveTextContent("Open");
  expect(prices).toHaveTextContent("We see: Nothing is offered yet, so there is no price.");
  expect(screen.getByText("Ask Bea Brown.")).toBeVisible();
  expect(screen.queryByLabelText("Headline")).not.toBeInTheDocument();
});

test("what curators ask for is answered, beginning with the words that were sent in", async () => {
  signedInAs(anApplicant());
  let application = ASKED;
  const sent = applicationIs(() => application);
  const { user } = visit("/app/apply");
  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("Say which law.");
  expect(alert).toHaveTextContent(/Please answer by/);
  expect(screen.getByText("We like the headline.")).toBeVisible();
  const about = await screen.findByLabelText(/^About you/);
  expect(about).toHaveValue("Twenty years [so far].\nReally.\n\nIn London.");

  await user.type(screen.getByLabelText("Headline"), ": tax");
  application = SUBMITTED;
  await user.click(screen.getByRole("button", { name: "Send it in again" }));

  expect(await screen.findByText("With the curators")).toBeVisible();
  expect(sent.map(({ to }) => to)).toEqual(["/answer"]);
  expect(sent[0]?.body).toMatchObject({
    headline: "Careers in law: tax",
    expertise: ["careers", "law"],
  });
});

test("an application is withdrawn after a question, and another one may be made", async () => {
  signedInAs(anApplicant());
  let application = SUBMITTED;
  const sent = applicationIs(() => application);
  const { user } = visit("/app/apply");
  await user.click(await screen.findByRole("button", { name: "Withdraw the application" }));
  const dialog = await screen.findByRole("dialog", { name: "Withdraw the application?" });
  application = { ...SUBMITTED, status: "withdrawn" };
  await user.click(within(dialog).getByRole("button", { name: "Withdraw it" }));

  expect(await screen.findByText("Withdrawn")).toBeVisible();
  expect(sent.map(({ to }) => to)).toEqual(["/withdraw"]);
  expect(await screen.findByRole("button", { name: "Send the application" })).toBeVisible();
  expect(screen.queryByRole("button", { name: /^Withdraw/ })).not.toBeInTheDocument();
});

test("whoever is refused reads why; whoever is accepted is led to the public page", async () => {
  signedInAs(anApplicant());
  const refuse = {
    event: "refuse",
    by: "curator",
    comment: "No reference.",
    at: inDays(0),
  } as const;
  applicationIs(() => ({
    ...SUBMITTED,
    status: "refused",
    steps: [...SUBMITTED.steps, refuse],
  }));
  const { unmount } = visit("/app/apply");
  expect(await screen.findByRole("alert")).toHaveTextContent("No reference.");
  expect(await screen.findByRole("button", { name: "Send the application" })).toBeVisible();
  unmount();

  signedInAs(anApplicant("live"));
  applicationIs(() => ({ ...SUBMITTED, status: "accepted" }));
  visit("/app/apply");
  expect(await screen.findByRole("link", { name: "See your public page" })).toHaveAttribute(
    "href",
    "/mentors/cora-client/",
  );
  expect(screen.queryByLabelText("Headline")).not.toBeInTheDocument();
});

test("a field's problem stands beside the field, and what was typed stays", async () => {
  signedInAs();
  server.use(
    http.post(CALL, () =>
      refusal(422, "validation_failed", {
        errors: [
          { pointer: "#/expertise/0", detail: "Too long a word.", code: "x", parameter: null },
        ],
      }),
    ),
  );
  const { user } = visit("/app/apply");
  await user.type(await screen.findByLabelText("Headline"), "Careers");
  await user.type(screen.getByLabelText(/^Subjects/), "law");
  await user.click(screen.getByRole("button", { name: "Send the application" }));

  expect(await screen.findByText("Nothing was sent")).toBeVisible();
  expect(screen.getByLabelText(/^Subjects/)).toHaveAccessibleDescription(/Too long a word\./);
  expect(screen.getByLabelText("Headline")).toHaveValue("Careers");
});

test("an application that cannot be read says so, and tries again", async () => {
  signedInAs(anApplicant());
  server.use(http.get(CALL, () => refusal(403, "forbidden")));
  const { user } = visit("/app/apply");
  expect(await screen.findByText("Your application could not be read")).toBeVisible();

  applicationIs(() => SUBMITTED);
  await user.click(screen.getByRole("button", { name: "Try again" }));

  expect(await screen.findByText("With the curators")).toBeVisible();
});

test("a mentor who never applied has nothing to apply for, and no way to it in the menu", async () => {
  signedInAs(aMentor());
  applicationIs(() => null);
  const { user } = visit("/app/apply");
  expect(await screen.findByText("You are a mentor already")).toBeVisible();

  await user.click(screen.getByRole("button", { name: "Account of Ada Adams" }));

  expect(await screen.findByRole("menuitem", { name: "Signing in" })).toBeVisible();
  expect(screen.queryByRole("menuitem", { name: "Become a mentor" })).not.toBeInTheDocument();
});

test("an applicant's profile says that nobody sees it yet, and leads to the application", async () => {
  signedInAs({ ...anApplicant(), role: "mentor" });
  applicationIs(() => SUBMITTED);

  visit("/app/profile");

  const link = await screen.findByRole("link", { name: "your application" });
  expect(link).toHaveAttribute("href", "/app/apply");
});
