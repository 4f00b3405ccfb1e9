import { act, screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test } from "vitest";
import type { ConversationOut } from "@/lib/api-types";
import { ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";
import { Source } from "@/test/stream";

const PATH = `${ORIGIN}/api/conversations/cnv_1`;
const FIELD = "Write to Ada Winterbourne";

/** What the API keeps; a test may change it behind the page's back. */
let conversation: ConversationOut;
let reported: unknown[];

function message(number: number, text: string, mine: boolean) {
  const sent_at = "2027-03-01T09:00:00Z";
  return { id: `msg_${number}`, conversation_id: "cnv_1", number, text, mine, sent_at };
}

beforeEach(() => {
  signedInAs();
  Source.install();
  reported = [];
  conversation = {
    id: "cnv_1",
    with_name: "Ada Winterbourne",
    mentor: "ada",
    unread: 0,
    length: 2,
    last_text: "Pay me outside.",
    last_mine: false,
    last_sent_at: "2027-03-01T09:00:00Z",
    blocked: false,
    open: true,
  };
  const items = [message(1, "Are you free?", true), message(2, "Pay me outside.", false)];
  const answer = (blocked: boolean) => () => {
    conversation = { ...conversation, blocked, open: !blocked };
    return HttpResponse.json(conversation);
  };
  server.use(
    http.get(`${ORIGIN}/api/conversations`, () =>
      HttpResponse.json({ items: [conversation], next: null, prev: null }),
    ),
    http.get(PATH, () => HttpResponse.json(conversation)),
    http.get(`${PATH}/messages`, () => HttpResponse.json({ items, before: null })),
    http.post(`${PATH}/read`, () => HttpResponse.json(conversation)),
    http.post(`${ORIGIN}/api/conversations/stream`, () => {
      const url = "http://127.0.0.1:8002/stream/messages?ticket=t";
      return HttpResponse.json({ url, expires_at: "2027-03-01T10:00:00Z" }, { status: 201 });
    }),
    http.put(`${PATH}/block`, answer(true)),
    http.delete(`${PATH}/block`, answer(false)),
    http.post(`${PATH}/report`, async ({ request }) => {
      reported.push(await request.json());
      const made = { id: "rpt_1", conversation_id: "cnv_1", message: "msg_2", reason: "outside" };
      return HttpResponse.json({ ...made, made_at: "2027-03-01T09:05:00Z" }, { status: 201 });
    }),
  );
});

async function chosen(item: string) {
  const page = visit("/app/messages/cnv_1");
  expect(await screen.findByRole("log")).toBeVisible();
  const source = await Source.next();
  act(() => source.says("ready", 7, {}));
  await page.user.click(screen.getByRole("button", { name: "More about Ada Winterbourne" }));
  await page.user.click(await screen.findByRole("menuitem", { name: item }));
  return { page, dialog: within(await screen.findByRole("dialog")) };
}

test("blocking asks first, and then there is no place to write", async () => {
  const { page, dialog } = await chosen("Block …");
  expect(dialog.getByText(/Neither of you can send messages/)).toBeVisible();
  expect(conversation.open).toBe(true);

  await page.user.click(dialog.getByRole("button", { name: "Block" }));

  expect(await screen.findByText("You have blocked Ada Winterbourne")).toBeVisible();
  expect(screen.queryByRole("textbox", { name: FIELD })).not.toBeInTheDocument();
  await page.user.click(screen.getByRole("button", { name: "More about Ada Winterbourne" }));
  await page.user.click(await screen.findByRole("menuitem", { name: "Unblock …" }));
  expect(await screen.findByText(/again, unless it is blocked in another way too/)).toBeVisible();
  await page.user.click(screen.getByRole("button", { name: "Keep it blocked" }));
  await page.user.click(screen.getByRole("button", { name: "Unblock" }));
  expect(await screen.findByRole("textbox", { name: FIELD })).toBeVisible();
});

test("a block that is refused says so and can be tried again", async () => {
  server.use(http.put(`${PATH}/block`, () => refusal(503, "dependency_down"), { once: true }));
  const { page, dialog } = await chosen("Block …");
  const block = dialog.getByRole("button", { name: "Block" });

  await page.user.click(block);
  expect(await dialog.findByText("The detail of dependency_down.")).toBeVisible();
  await page.user.click(block);

  expect(await screen.findByText("You have blocked Ada Winterbourne")).toBeVisible();
});

test("who was blocked learns that the conversation is closed, and not by whom", async () => {
  conversation = { ...conversation, open: false };

  visit("/app/messages/cnv_1");

  expect(await screen.findByText("This conversation is closed")).toBeVisible();
  expect(screen.queryByText(/^You have blocked/)).not.toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Unblock" })).not.toBeInTheDocument();
});

test("a message that meets a block closes the place to write", async () => {
  server.use(http.post(`${PATH}/messages`, () => refusal(409, "conversation_blocked")));
  const page = visit("/app/messages/cnv_1");
  const field = await screen.findByRole("textbox", { name: FIELD });
  conversation = { ...conversation, open: false };

  await page.user.type(field, "Hello?");
  await page.user.click(screen.getByRole("button", { name: "Send" }));

  expect(await screen.findByText("This conversation is closed")).toBeVisible();
  expect(screen.getByText("The detail of conversation_blocked.")).toBeVisible();
});

test("a report needs a reason, names a message, and offers to block as well", async () => {
  const { page, dialog } = await chosen("Report …");
  const send = dialog.getByRole("button", { name: "Send the report" });
  await page.user.click(send);
  expect(dialog.getByText("Choose what is wrong.")).toBeVisible();
  const about = dialog.getByRole("combobox", { name: "What is it about?" });
  expect(
    within(about)
      .getAllByRole("option")
      .map((one) => one.textContent),
  ).toEqual(["The whole conversation", "“Pay me outside.”"]);

  await page.user.selectOptions(
    dialog.getByRole("combobox", { name: "What is wrong?" }),
    "Wants to be paid outside of here",
  );
  await page.user.selectOptions(about, "msg_2");
  await page.user.type(dialog.getByRole("textbox"), " By bank. ");
  await page.user.click(send);

  expect(await dialog.findByText("Thank you: your report is with us")).toBeVisible();
  expect(reported).toEqual([{ reason: "outside", words: "By bank.", message: "msg_2" }]);
  await page.user.click(dialog.getByRole("button", { name: "Block Ada Winterbourne" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  expect(screen.getByText("You have blocked Ada Winterbourne")).toBeVisible();
});

test("what was reported before is said so, without an alarm", async () => {
  server.use(http.post(`${PATH}/report`, () => refusal(409, "already_reported")));
  const { page, dialog } = await chosen("Report …");

  await page.user.selectOptions(
    dialog.getByRole("combobox", { name: "What is wrong?" }),
    "Advertising or spam",
  );
  await page.user.click(dialog.getByRole("button", { name: "Send the report" }));

  expect(await dialog.findByText("You have reported this already")).toBeVisible();
});
