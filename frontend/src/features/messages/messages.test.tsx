import { act, screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test, vi } from "vitest";
import type { ConversationOut, MessageOut } from "@/lib/api-types";
import { ADA_DETAIL } from "@/test/answers";
import { CLIENT, ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";
import { Source } from "@/test/stream";

const ADA: ConversationOut = {
  id: "cnv_1",
  with_name: "Ada Winterbourne",
  mentor: "ada",
  unread: 1,
  length: 2,
  last_text: "I am.",
  last_mine: false,
  last_sent_at: "2027-03-01T09:01:00Z",
  blocked: false,
  open: true,
};
const CONVERSATION = "/app/messages/cnv_1";

function message(number: number, text: string, more: Partial<MessageOut> = {}): MessageOut {
  return {
    id: `msg_${number}`,
    conversation_id: "cnv_1",
    number,
    text,
    mine: false,
    sent_at: new Date(Date.UTC(2027, 2, 1, 9, number)).toISOString(),
    ...more,
  };
}

/** What the API keeps; a test may add to it behind the page's back. */
let kept: MessageOut[];
let read: number[];
let sent: { key: string | null; text: string }[];

beforeEach(() => {
  signedInAs();
  Source.install();
  kept = [message(1, "Are you free?", { mine: true }), message(2, "I am.")];
  read = [];
  sent = [];
  let ticket = 0;
  server.use(
    http.get(`${ORIGIN}/api/conversations`, () =>
      HttpResponse.json({ items: [ADA], next: null, prev: null }),
    ),
    http.get(`${ORIGIN}/api/conversations/cnv_1`, () => HttpResponse.json(ADA)),
    http.get(`${ORIGIN}/api/conversations/cnv_1/messages`, ({ request }) => {
      const before = Number(new URL(request.url).searchParams.get("before") ?? Infinity);
      const items = kept.filter(({ number }) => number < before).slice(-30);
      const first = items[0]?.number ?? 1;
      return HttpResponse.json({ items, before: first > 1 ? first : null });
    }),
    http.post(`${ORIGIN}/api/conversations/cnv_1/read`, async ({ request }) => {
      read.push(((await request.json()) as { up_to: number }).up_to);
      return HttpResponse.json({ ...ADA, unread: 0 });
    }),
    http.post(`${ORIGIN}/api/conversations/stream`, () => {
      ticket += 1;
      const url = `http://127.0.0.1:8002/stream/messages?ticket=t${ticket}`;
      return HttpResponse.json({ url, expires_at: "2027-03-01T10:00:00Z" }, { status: 201 });
    }),
    http.post(`${ORIGIN}/api/conversations/cnv_1/messages`, async ({ request }) => {
      const { text } = (await request.json()) as { text: string };
      sent.push({ key: request.headers.get("Idempotency-Key"), text });
      const made = message(kept.length + 1, text, { mine: true });
      kept.push(made);
      return HttpResponse.json(made, { status: 201 });
    }),
  );
});

/** The texts that are shown, in their order. */
function shown(): string[] {
  const log = screen.getByRole("log", { name: "Messages with Ada Winterbourne" });
  return within(log)
    .getAllByRole("listitem")
    .map((item) => item.querySelector("p")?.textContent ?? "");
}

async function opened() {
  const page = visit(CONVERSATION);
  expect(await screen.findByRole("log")).toBeVisible();
  const source = await Source.next();
  act(() => source.says("ready", 7, {}));
  return { page, source };
}

test("the list tells whom, the last words and what is unread, and leads to the thread", async () => {
  visit("/app/messages");

  const row = await screen.findByRole("link", { name: /Ada Winterbourne/ });
  expect(row).toHaveAttribute("href", CONVERSATION);
  expect(row).toHaveTextContent("I am.");
  expect(row).toHaveTextContent("1 unread");
  expect(screen.getByRole("heading", { level: 1, name: "Messages" })).toBeVisible();
});

test("without a conversation the list says how one begins", async () => {
  server.use(
    http.get(`${ORIGIN}/api/conversations`, () =>
      HttpResponse.json({ items: [], next: null, prev: null }),
    ),
  );

  visit("/app/messages");

  expect(await screen.findByText("No messages yet")).toBeVisible();
  const main = screen.getByRole("main");
  expect(within(main).getByRole("link", { name: "Find a mentor" })).toBeVisible();
});

test("a thread that cannot be read says so and is read again", async () => {
  server.use(http.get(`${ORIGIN}/api/conversations/cnv_1`, () => refusal(404, "not_found")));
  const page = visit(CONVERSATION);
  const again = await screen.findByRole("button", { name: "Try again" });
  server.use(http.get(`${ORIGIN}/api/conversations/cnv_1`, () => HttpResponse.json(ADA)));

  await page.user.click(again);

  expect(await screen.findByRole("log")).toBeVisible();
});

test("what arrives stands below what was there, once, and is marked as read", async () => {
  const { source } = await opened();
  await waitFor(() => expect(read).toEqual([2]));

  const arrived = message(3, "Tuesday?");
  kept.push(arrived);
  act(() => source.says("message", 8, arrived));
  act(() => source.says("message", 8, arrived));

  expect(shown()).toEqual(["Are you free?", "I am.", "Tuesday?"]);
  await waitFor(() => expect(read).toEqual([2, 3]));
});

test("a message of another conversation is not shown in this one", async () => {
  const { source } = await opened();

  act(() => source.says("message", 8, message(9, "Elsewhere", { conversation_id: "cnv_2" })));

  expect(shown()).toEqual(["Are you free?", "I am."]);
});

test("what was written before the stream began to hear is read again", async () => {
  visit(CONVERSATION);
  await waitFor(() => expect(shown()).toEqual(["Are you free?", "I am."]));
  kept.push(message(3, "In between"));

  const source = await Source.next();
  act(() => source.says("ready", 8, {}));

  await waitFor(() => expect(shown()).toEqual(["Are you free?", "I am.", "In between"]));
});

test("a stream that broke off is opened with a new ticket behind the last event", async () => {
  const { source } = await opened();
  act(() => source.says("message", 8, message(3, "Three")));

  act(() => source.breaks());

  expect(await screen.findByText(/^No connection/)).toBeVisible();
  expect(source.closed).toBe(true); // the browser's own way back would bring the used ticket
  const next = await Source.next();
  expect([source.url, next.url].map((url) => url.split("?")[1])).toEqual([
    "ticket=t1",
    "ticket=t2&after=8",
  ]);
  act(() => next.says("ready", 8, {}));
  act(() => next.says("message", 9, message(4, "Four")));
  expect(shown()).toEqual(["Are you free?", "I am.", "Three", "Four"]);
  expect(screen.queryByText(/^No connection/)).not.toBeInTheDocument();
});

test("a sent message is there at once, and once, whoever brings it first", async () => {
  const { page, source } = await opened();
  const field = screen.getByRole("textbox", { name: "Write to Ada Winterbourne" });

  await page.user.type(field, "See you{Control>}{Enter}{/Control}");

  expect(shown()).toEqual(["Are you free?", "I am.", "See you"]);
  expect(field).toHaveValue("");
  await waitFor(() => expect(sent).toHaveLength(1));
  await waitFor(() => expect(screen.queryByText("Sending …")).not.toBeInTheDocument());
  act(() => source.says("message", 8, kept[2]));
  expect(shown()).toEqual(["Are you free?", "I am.", "See you"]);
});

test("what was not answered is sent again under the same key, and those behind it wait", async () => {
  const keys: (string | null)[] = [];
  const path = `${ORIGIN}/api/conversations/cnv_1/messages`;
  server.use(
    http.post(
      path,
      ({ request }) => {
        keys.push(request.headers.get("Idempotency-Key"));
        return HttpResponse.error();
      },
      { once: true },
    ),
  );
  const { page } = await opened();
  const field = screen.getByRole("textbox", { name: "Write to Ada Winterbourne" });
  const send = screen.getByRole("button", { name: "Send" });
  await page.user.type(field, "One");
  await page.user.click(send);
  const again = await screen.findByRole("button", { name: "Send again" });
  await page.user.type(field, "Two");
  await page.user.click(send);
  expect(sent).toEqual([]);
  // Laid out anew with each message above it: inside a log that would be read aloud each time.
  expect(screen.getByRole("list", { name: "On their way" })).toHaveAttribute("aria-live", "off");

  await page.user.click(again);

  await waitFor(() => expect(sent.map(({ text }) => text)).toEqual(["One", "Two"]));
  expect(sent[0]?.key).toBe(keys[0]);
  expect(sent[1]?.key).not.toBe(keys[0]);
  await waitFor(() => expect(shown()).toEqual(["Are you free?", "I am.", "One", "Two"]));
});

test("a refused message goes back to where it was written", async () => {
  server.use(
    http.post(`${ORIGIN}/api/conversations/cnv_1/messages`, () => refusal(422, "invalid")),
  );
  const { page } = await opened();
  const field = screen.getByRole("textbox", { name: "Write to Ada Winterbourne" });
  await page.user.type(field, "Hm");
  await page.user.click(screen.getByRole("button", { name: "Send" }));

  await page.user.click(await screen.findByRole("button", { name: "Take it back" }));

  expect(field).toHaveValue("Hm");
  expect(shown()).toEqual(["Are you free?", "I am."]);
});

test("nothing typed is lost over a reload: neither the draft nor what is on its way", async () => {
  const path = `${ORIGIN}/api/conversations/cnv_1/messages`;
  server.use(http.post(path, () => HttpResponse.error(), { once: true }));
  const { page } = await opened();
  const field = screen.getByRole("textbox", { name: "Write to Ada Winterbourne" });
  await page.user.type(field, "On its way");
  await page.user.click(screen.getByRole("button", { name: "Send" }));
  await screen.findByRole("button", { name: "Send again" });
  await page.user.type(field, "Half a wo");
  page.unmount();

  visit(CONVERSATION);

  expect(await screen.findByRole("textbox", { name: /^Write to/ })).toHaveValue("Half a wo");
  await waitFor(() => expect(sent.map(({ text }) => text)).toEqual(["On its way"]));
});

test("signing out forgets what was typed", async () => {
  server.use(
    http.post(`${ORIGIN}/api/users/logout`, () => new HttpResponse(null, { status: 204 })),
  );
  const { page } = await opened();
  await page.user.type(screen.getByRole("textbox", { name: /^Write to/ }), "Secret");

  await page.user.click(screen.getByRole("button", { name: "Account of Cora Client" }));
  await page.user.click(await screen.findByRole("menuitem", { name: "Sign out" }));

  await waitFor(() => expect(JSON.stringify(sessionStorage)).not.toContain("Secret"));
});

test("older messages are read when they are asked for", async () => {
  kept = Array.from({ length: 35 }, (_, place) => message(place + 1, `No. ${place + 1}`));
  const { page } = await opened();
  await waitFor(() => expect(shown()[0]).toBe("No. 6"));

  await page.user.click(screen.getByRole("button", { name: "Older messages" }));

  await waitFor(() => expect(shown()).toHaveLength(35));
  expect(shown()[0]).toBe("No. 1");
});

test("hidden contact details are explained where there are any", async () => {
  await opened();
  expect(screen.queryByText(/outside are hidden/)).not.toBeInTheDocument();
  kept.push(message(3, "Write to [hidden until a session is paid]"));

  visit(CONVERSATION);

  expect(await screen.findByText("Ways to reach each other outside are hidden")).toBeVisible();
});

test("a mentor's page leads to the first message, and that to the conversation", async () => {
  let begun: unknown;
  server.use(
    http.get(`${ORIGIN}/api/mentors/ada`, () => HttpResponse.json(ADA_DETAIL)),
    http.get(`${ORIGIN}/api/conversations`, () =>
      HttpResponse.json({ items: [], next: null, prev: null }),
    ),
    http.post(`${ORIGIN}/api/conversations`, async ({ request }) => {
      begun = await request.json();
      return HttpResponse.json(message(1, "Hello", { mine: true }), { status: 201 });
    }),
  );
  const page = visit("/app/mentors/ada");
  await page.user.click(await screen.findByRole("link", { name: "Message Ada" }));
  const field = await screen.findByRole("textbox", { name: "Write to Ada Winterbourne" });

  await page.user.type(field, "Hello");
  await page.user.click(screen.getByRole("button", { name: "Send" }));

  await waitFor(() => expect(page.address()).toBe(CONVERSATION));
  expect(begun).toEqual({ mentor: "ada", text: "Hello" });
});

test("who has written to each other before goes on in their conversation", async () => {
  server.use(http.get(`${ORIGIN}/api/mentors/ada`, () => HttpResponse.json(ADA_DETAIL)));

  const page = visit("/app/messages/new?mentor=ada");

  await waitFor(() => expect(page.address()).toBe(CONVERSATION));
});

test("the navigation counts what is unread", async () => {
  signedInAs(CLIENT);
  server.use(
    http.get(`${ORIGIN}/api/conversations/unread`, () =>
      HttpResponse.json({ messages: 120, conversations: 2 }),
    ),
  );

  visit("/app/messages");

  const [link] = await screen.findAllByRole("link", { name: "Messages 120 unread" });
  expect(link).toHaveAttribute("href", "/app/messages");
  expect(link).toHaveTextContent("99+");
});

test("a stream whose sign-in has ended is not tried again", async () => {
  vi.spyOn(globalThis, "setTimeout");
  server.use(http.post(`${ORIGIN}/api/conversations/stream`, () => refusal(403, "forbidden")));

  visit(CONVERSATION);

  await screen.findByRole("log");
  expect(Source.opened).toEqual([]);
  expect(screen.queryByText(/^No connection/)).not.toBeInTheDocument();
});
