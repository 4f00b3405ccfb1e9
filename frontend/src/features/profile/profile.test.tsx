import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test, vi } from "vitest";
import type { OwnOffer, OwnPageOut, PageWords } from "@/lib/api-types";
import { ADA_DETAIL } from "@/test/answers";
import { ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";
import { aMentor, inDays } from "@/test/sessions";

vi.mock("@/features/profile/photo", () => ({
  smallPhoto: (file: File) =>
    file.name.endsWith(".jpg") ? Promise.resolve("SMALL") : Promise.reject(new Error("No picture")),
}));

const PAGE = `${ORIGIN}/api/mentors/me/page`;
const OFFERS = `${ORIGIN}/api/mentors/me/offers`;

const LIVE: PageWords = {
  headline: "Careers in law",
  bio: "<p>Twenty years.</p><p>In London.</p>",
  expertise: ["careers", "law"],
  portrait_url: "/portraits/ada.svg",
  has_photo: false,
};
const PUBLIC: OwnPageOut = {
  slug: "ada",
  state: "public",
  live: LIVE,
  pending: null,
  differing: [],
  review: null,
  location: "London",
  languages: ["en"],
  reviewed: ["headline", "bio", "expertise", "portrait"],
  instant: ["location", "languages"],
  version: "7",
};
const WAITING: OwnPageOut = {
  ...PUBLIC,
  state: "waiting",
  version: "8",
  pending: {
    ...LIVE,
    headline: "Careers in tech law",
    bio: "<p>Thirty years.</p><p>In London.</p>",
  },
  differing: ["headline", "bio"],
  review: { since: inDays(-1), comment: "", answer_by: null },
};
const [TYPE] = ADA_DETAIL.session_types;
if (TYPE === undefined) throw new Error("Ada offers something.");
const HOUR: OwnOffer = { ...TYPE, description: "For every question.", active: true };

/** Answer with the page as it is now, under the tag of its version; collect what is changed. */
function pageIs(read: () => OwnPageOut) {
  const sent: { body: unknown; tag: string | null }[] = [];
  const answered = () => {
    const page = read();
    return HttpResponse.json(page, { headers: { ETag: `"${page.version}"` } });
  };
  server.use(
    http.get(PAGE, answered),
    http.patch(PAGE, async ({ request }) => {
      sent.push({ body: await request.json(), tag: request.headers.get("If-Match") });
      return answered();
    }),
  );
  return sent;
}

function offersAre(read: () => OwnOffer[]) {
  const sent: { body: unknown; tag: string | null }[] = [];
  server.use(
    http.get(OFFERS, () => HttpResponse.json({ items: read() })),
    http.get(`${OFFERS}/:id`, () => HttpResponse.json(read()[0], { headers: { ETag: '"one"' } })),
    http.patch(`${OFFERS}/:id`, async ({ request }) => {
      sent.push({ body: await request.json(), tag: request.headers.get("If-Match") });
      return HttpResponse.json(read()[0]);
    }),
  );
  return sent;
}

test("words are sent for review on the version that was read, and only what is different", async () => {
  signedInAs(aMentor());
  let page = PUBLIC;
  const sent = pageIs(() => page);
  const { user } = visit("/app/profile");
  const headline = await screen.findByLabelText("Headline");
  expect(screen.getByText("Public")).toBeVisible();
  expect(screen.getByRole("button", { name: "Send for review" })).toBeDisabled();

  await user.clear(headline);
  await user.type(headline, "Careers in tech law");
  await user.clear(screen.getByLabelText(/^About you/));
  await user.type(screen.getByLabelText(/^About you/), "Thirty **years**.");
  page = WAITING;
  await user.click(screen.getByRole("button", { name: "Send for review" }));

  expect(await screen.findByText("Waiting for review")).toBeVisible();
  expect(sent).toEqual([
    {
      body: { headline: "Careers in tech law", bio: "<p>Thirty <b>years</b>.</p>" },
      tag: '"7"',
    },
  ]);
});

test("what would change is shown as visitors see it and as they would", async () => {
  signedInAs(aMentor());
  pageIs(() => WAITING);

  visit("/app/profile");

  expect(await screen.findByRole("heading", { name: "What would change" })).toBeVisible();
  expect(screen.getByText("tech", { exact: false, selector: "ins" })).toBeVisible();
  expect(screen.getByText("Goes").parentElement).toHaveTextContent("Twenty years.");
  expect(screen.getByText("New").parentElement).toHaveTextContent("Thirty years.");
  expect(screen.getAllByText("In London.")).toHaveLength(2);
  expect(screen.queryByRole("heading", { name: "Photo" })).not.toBeInTheDocument();
});

test("the reviewer's words are shown, and the same words can be sent again", async () => {
  signedInAs(aMentor());
  const asked: OwnPageOut = {
    ...WAITING,
    state: "changes_asked",
    review: { since: inDays(-1), comment: "Say which law.", answer_by: inDays(13) },
  };
  const sent = pageIs(() => asked);
  const { user } = visit("/app/profile");

  expect(await screen.findByText("Say which law.")).toBeVisible();
  expect(screen.getByText(/^Please answer by/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Send for review" }));

  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.body).toEqual({ headline: "Careers in tech law" });
});

test("where somebody else was quicker, nothing is saved and the newest version can be read", async () => {
  signedInAs(aMentor());
  let page = PUBLIC;
  pageIs(() => page);
  server.use(http.patch(PAGE, () => refusal(412, "precondition_failed")));
  const { user } = visit("/app/profile");
  await user.type(await screen.findByLabelText("Headline"), " and more");

  await user.click(screen.getByRole("button", { name: "Send for review" }));

  expect(await screen.findByText("This was changed in the meantime")).toBeVisible();
  expect(screen.getByLabelText("Headline")).toHaveValue("Careers in law and more");
  page = WAITING;
  await user.click(screen.getByRole("button", { name: "Read the newest version" }));
  await waitFor(() => expect(screen.getByLabelText("Headline")).toHaveValue("Careers in tech law"));
});

test("a photo is made small and sent; what is no picture is told", async () => {
  signedInAs(aMentor());
  const sent = pageIs(() => PUBLIC);
  const { user } = visit("/app/profile");
  const input = await screen.findByLabelText("Choose a photo");

  await user.upload(input, new File(["x"], "broken.png", { type: "image/png" }));
  expect(await screen.findByText(/^This file is no picture/)).toBeVisible();
  await user.upload(input, new File(["x"], "me.jpg", { type: "image/jpeg" }));
  await user.click(await screen.findByRole("button", { name: "Choose another photo" }));
  await user.click(screen.getByRole("button", { name: "Send for review" }));

  await waitFor(() => expect(sent[0]?.body).toEqual({ photo: "SMALL" }));
});

test("place and languages are public at once; what is no language is told", async () => {
  signedInAs(aMentor());
  const sent = pageIs(() => PUBLIC);
  const { user } = visit("/app/profile");
  const languages = await screen.findByLabelText(/^Languages/);
  expect(screen.getByText("You speak English.")).toBeVisible();

  await user.type(languages, ", fr");
  await user.click(screen.getByRole("button", { name: "Save place and languages" }));

  expect(await screen.findByText("Saved. Visitors see it now.")).toBeVisible();
  expect(sent[0]?.body).toEqual({ location: "London", languages: ["en", "fr"] });
  server.use(
    http.patch(PAGE, () =>
      refusal(422, "validation_failed", {
        errors: [{ pointer: "#/languages/0", detail: "No.", code: "x", parameter: null }],
      }),
    ),
  );
  await user.click(screen.getByRole("button", { name: "Save place and languages" }));
  expect(await screen.findByText(/^Write codes such as/)).toBeVisible();
});

test("a preview is made for a look, and what waits is taken back after a question", async () => {
  signedInAs(aMentor());
  let page = WAITING;
  pageIs(() => page);
  server.use(
    http.post(`${PAGE}/preview`, () =>
      HttpResponse.json({ url: `${ORIGIN}/previews/x/`, expires_at: inDays(0) }),
    ),
    http.post(`${PAGE}/withdraw`, () => {
      page = PUBLIC;
      return HttpResponse.json(page, { headers: { ETag: '"7"' } });
    }),
  );
  const { user } = visit("/app/profile");
  await user.click(await screen.findByRole("button", { name: "Preview your changes" }));
  expect(await screen.findByRole("link", { name: /^Open the preview/ })).toHaveAttribute(
    "href",
    `${ORIGIN}/previews/x/`,
  );

  await user.click(screen.getByRole("button", { name: "Take your changes back" }));
  const dialog = await screen.findByRole("dialog", { name: "Take your changes back?" });
  await user.click(within(dialog).getByRole("button", { name: "Take the changes back" }));

  expect(await screen.findByText("Public")).toBeVisible();
  expect(screen.getByLabelText("Headline")).toHaveValue("Careers in law");
});

test("a price is changed on the version that was read", async () => {
  signedInAs(aMentor());
  const sent = offersAre(() => [HOUR]);
  const { user } = visit("/app/profile?tab=offers");
  expect(await screen.findByText("For every question.")).toBeVisible();

  await user.click(screen.getByRole("button", { name: "Change Career session" }));
  const price = await screen.findByLabelText("Price in USD");
  expect(price).toHaveValue("80");
  await user.clear(price);
  await user.type(price, "free");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(screen.getByText(/^Write an amount/)).toBeVisible();
  await user.clear(price);
  await user.type(price, "95.50");
  await user.click(screen.getByRole("button", { name: "Save" }));

  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]).toEqual({
    body: {
      name: "Career session",
      description: "For every question.",
      duration_minutes: 60,
      price_minor: 9550,
    },
    tag: '"one"',
  });
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
});

test("a session that is changed elsewhere meanwhile is read again", async () => {
  signedInAs(aMentor());
  let offer = HOUR;
  offersAre(() => [offer]);
  server.use(http.patch(`${OFFERS}/:id`, () => refusal(412, "precondition_failed")));
  const { user } = visit("/app/profile?tab=offers");
  await user.click(await screen.findByRole("button", { name: "Change Career session" }));
  await screen.findByLabelText("Price in USD");
  offer = { ...HOUR, price: { amount: 9000, currency: "USD" } };
  await user.click(screen.getByRole("button", { name: "Save" }));

  await user.click(await screen.findByRole("button", { name: "Read the newest version" }));

  await waitFor(() => expect(screen.getByLabelText("Price in USD")).toHaveValue("90"));
  expect(screen.queryByText("This was changed in the meantime")).not.toBeInTheDocument();
});

test("a session is offered no more, and again", async () => {
  signedInAs(aMentor());
  let offer = HOUR;
  const sent = offersAre(() => [offer]);
  const { user } = visit("/app/profile?tab=offers");
  expect(await screen.findByRole("heading", { name: "Offered" })).toBeInTheDocument();

  offer = { ...HOUR, active: false };
  await user.click(screen.getByRole("button", { name: "Offer no more: Career session" }));

  expect(await screen.findByText("You offer nothing at present")).toBeVisible();
  expect(screen.getByRole("button", { name: "Offer again: Career session" })).toBeVisible();
  expect(sent[0]).toEqual({ body: { active: false }, tag: '"one"' });
});

test("the first session is offered under one key", async () => {
  signedInAs(aMentor());
  offersAre(() => []);
  const calls: { body: unknown; key: string | null }[] = [];
  server.use(
    http.post(OFFERS, async ({ request }) => {
      calls.push({ body: await request.json(), key: request.headers.get("Idempotency-Key") });
      return HttpResponse.json(HOUR, { status: 201 });
    }),
  );
  const { user } = visit("/app/profile?tab=offers");
  await user.click(await screen.findByRole("button", { name: "Offer a session" }));
  await user.click(await screen.findByRole("button", { name: "Offer it" }));
  expect(screen.getByText("Give it a name.")).toBeVisible();

  await user.type(screen.getByLabelText("Name"), "Career session");
  await user.type(screen.getByLabelText("Price"), "8000");
  await user.clear(screen.getByLabelText("Currency"));
  await user.type(screen.getByLabelText("Currency"), "jpy");
  await user.click(screen.getByRole("button", { name: "Offer it" }));

  await waitFor(() => expect(calls).toHaveLength(1));
  expect(calls[0]?.body).toEqual({
    name: "Career session",
    description: "",
    duration_minutes: 60,
    price_minor: 8000,
    currency: "JPY",
  });
  expect(calls[0]?.key).toMatch(/./);
});

test.each([
  ["/app/profile", PAGE, "Your page could not be read"],
  ["/app/profile?tab=offers", OFFERS, "Your sessions could not be read"],
])(
  "%s says what could not be read, and tries again",
  async (address, call, words) => {
    signedInAs(aMentor());
    server.use(http.get(call, () => refusal(500, "internal_error")));
    const { user } = visit(address);
    expect(await screen.findByText(words, {}, { timeout: 10_000 })).toBeVisible();

    pageIs(() => PUBLIC);
    offersAre(() => [HOUR]);
    await user.click(screen.getByRole("button", { name: "Try again" }));

    await waitFor(() => expect(screen.queryByText(words)).not.toBeInTheDocument());
  },
  15_000,
);

test("mentors have the way to it in the navigation, clients have not", async () => {
  signedInAs(aMentor());
  pageIs(() => PUBLIC);
  const { unmount } = visit("/app/profile");
  const [link] = await screen.findAllByRole("link", { name: "Profile" });
  expect(link).toHaveAttribute("href", "/app/profile");
  unmount();

  signedInAs();
  visit("/app/profile");
  expect(await screen.findByText("Only mentors have a profile")).toBeVisible();
  expect(screen.queryByRole("link", { name: "Profile" })).not.toBeInTheDocument();
});
