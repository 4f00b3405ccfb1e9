import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test, vi } from "vitest";
import type { PayoutAccountItem } from "@/lib/api-types";
import { leaveFor } from "@/lib/elsewhere";
import { ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";
import { aMentor } from "@/test/sessions";

vi.mock("@/lib/elsewhere", async (original) => ({
  ...(await original<object>()),
  leaveFor: vi.fn<(address: string) => void>(),
}));

const ME = `${ORIGIN}/api/mentors/me`;
const FORM = "https://connect.example/setup/1";
const ACCOUNT: PayoutAccountItem = {
  id: "gpo_1",
  gateway: "stripe",
  status: "active",
  currency: "USD",
  asked_for: "",
  usable_from: null,
};

type Sent = { body: unknown; tag: string | null };

let account: PayoutAccountItem | null;
let sent: Sent[];

beforeEach(() => {
  vi.mocked(leaveFor).mockClear();
  signedInAs(aMentor());
  account = ACCOUNT;
  sent = [];
  const none = { earnings: [], next_payout_on: "2031-01-01", lines: [], next: null, prev: null };
  const months = { months: [], totals: [], session_types: [] };
  server.use(
    http.get(`${ME}/earnings`, () => HttpResponse.json(none)),
    http.get(`${ME}/earnings/analytics`, () => HttpResponse.json(months)),
    http.get(`${ME}/payout-account`, () =>
      HttpResponse.json({ account }, { headers: { ETag: '"a1"' } }),
    ),
    http.post(`${ME}/payout-account`, async ({ request }) => {
      sent.push({ body: await request.json(), tag: request.headers.get("If-Match") });
      account = { ...ACCOUNT, status: "onboarding" };
      return HttpResponse.json({ account, onboarding_url: FORM });
    }),
  );
});

function card() {
  return screen.findByRole("region", { name: "Payout account" });
}

test("who has none chooses gateway and country, and is led to the gateway's form", async () => {
  account = null;
  const page = visit("/app/earnings");
  const country = await screen.findByLabelText("Country");

  await page.user.click(screen.getByRole("radio", { name: /^PayPal/ }));
  await page.user.selectOptions(country, "Germany");
  await page.user.click(screen.getByRole("button", { name: "Go to PayPal" }));

  await waitFor(() => expect(leaveFor).toHaveBeenCalledExactlyOnceWith(FORM));
  expect(sent).toEqual([{ body: { gateway: "paypal", country: "DE", replace: false }, tag: null }]);
});

test("without a country nothing is sent, and the field says so", async () => {
  account = null;
  const page = visit("/app/earnings");

  await page.user.click(await screen.findByRole("button", { name: "Go to Stripe" }));

  expect(screen.getByText("Choose the country that your account is in.")).toBeVisible();
  expect(screen.getByLabelText("Country")).toHaveAttribute("aria-invalid", "true");
  expect(sent).toEqual([]);
  expect(leaveFor).not.toHaveBeenCalled();
});

test("a form that is not finished: what is still wanted, each once, and the way on", async () => {
  account = {
    ...ACCOUNT,
    status: "onboarding",
    asked_for:
      "external_account, tos_acceptance.date, tos_acceptance.ip, individual.political_exposure",
  };
  const page = visit("/app/earnings");

  const box = within(await card());
  expect(await box.findByText("Not finished")).toBeVisible();
  expect(box.getByText("Stripe still wants:")).toBeVisible();
  expect(box.getAllByRole("listitem").map((item) => item.textContent)).toEqual([
    "Your bank account",
    "That you accept its terms",
    "Individual political exposure",
  ]);
  await page.user.click(box.getByRole("button", { name: "Go on at Stripe" }));
  await waitFor(() => expect(leaveFor).toHaveBeenCalledExactlyOnceWith(FORM));
  expect(sent).toEqual([{ body: { gateway: "stripe", country: "", replace: false }, tag: null }]);
});

test("a gateway that asks again says so; the account goes on at the gateway that has it", async () => {
  account = {
    ...ACCOUNT,
    gateway: "paypal",
    status: "restricted",
    asked_for: "primary_email_confirmed",
  };
  const page = visit("/app/earnings");

  const box = within(await card());
  expect(await box.findByText("Details wanted")).toBeVisible();
  expect(box.getByText("That you confirm your e-mail address at PayPal")).toBeVisible();
  await page.user.click(box.getByRole("button", { name: "Go on at PayPal" }));
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.body).toMatchObject({ gateway: "paypal" });
});

test("an account that is ready wants nothing", async () => {
  visit("/app/earnings");

  const box = within(await card());
  expect(await box.findByText("Ready")).toBeVisible();
  expect(box.getByText(/^Stripe, in USD/)).toBeVisible();
  expect(box.queryByText(/still wants/)).not.toBeInTheDocument();
  expect(box.queryByText(/It is paid from/)).not.toBeInTheDocument();
  expect(box.getByRole("button", { name: "Change your details at Stripe" })).toBeVisible();
});

test("a changed account says from when on it is paid, in the reader's zone", async () => {
  account = { ...ACCOUNT, usable_from: "2031-01-03T12:00:00Z" };

  visit("/app/earnings");

  expect(
    await screen.findByText(/^It is paid from Fri 3 Jan 2031, 07:00 New York on/),
  ).toBeVisible();
});

test("another account replaces the one in use on the version that was read", async () => {
  const page = visit("/app/earnings");
  await page.user.click(await screen.findByRole("button", { name: "Use another account" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Use another account?" }));
  expect(dialog.getByText(/^The one in use is closed at once\./)).toBeVisible();

  await page.user.selectOptions(dialog.getByLabelText("Country"), "France");
  await page.user.click(dialog.getByRole("button", { name: "Go to Stripe" }));

  await waitFor(() => expect(leaveFor).toHaveBeenCalledExactlyOnceWith(FORM));
  expect(sent).toEqual([
    { body: { gateway: "stripe", country: "FR", replace: true }, tag: '"a1"' },
  ]);
});

test("an account that changed meanwhile is not replaced, and is read anew", async () => {
  let reads = 0;
  server.use(
    http.get(`${ME}/payout-account`, () => {
      reads += 1;
      return HttpResponse.json({ account }, { headers: { ETag: `"a${reads}"` } });
    }),
    http.post(`${ME}/payout-account`, () => refusal(412, "precondition_failed")),
  );
  const page = visit("/app/earnings");
  await page.user.click(await screen.findByRole("button", { name: "Use another account" }));
  const dialog = within(await screen.findByRole("dialog"));
  await page.user.selectOptions(dialog.getByLabelText("Country"), "France");
  const before = reads;

  await page.user.click(dialog.getByRole("button", { name: "Go to Stripe" }));

  expect(await dialog.findByText("Your payout account has changed meanwhile")).toBeVisible();
  await waitFor(() => expect(reads).toBeGreaterThan(before));
  expect(leaveFor).not.toHaveBeenCalled();
});

test.each([
  [409, "payout_account_not_ready"],
  [503, "gateway_unavailable"],
])(
  "a refusal (%i %s) is shown with its number, and the mentor stays here",
  async (status, code) => {
    server.use(http.post(`${ME}/payout-account`, () => refusal(status, code)));
    const page = visit("/app/earnings");

    await page.user.click(
      await screen.findByRole("button", { name: "Change your details at Stripe" }),
    );

    expect(await screen.findByText("The page at Stripe could not be opened")).toBeVisible();
    expect(screen.getByText(`The detail of ${code}.`)).toBeVisible();
    expect(screen.getByText("req_test")).toBeVisible();
    expect(leaveFor).not.toHaveBeenCalled();
  },
);

test("back from the form, the gateway is asked once, and the address forgets it", async () => {
  account = { ...ACCOUNT, status: "onboarding" };
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let checks = 0;
  server.use(
    http.post(`${ME}/payout-account/check`, async () => {
      checks += 1;
      await released;
      account = ACCOUNT;
      return HttpResponse.json({ account });
    }),
  );

  const page = visit("/app/earnings?account=asked&merchantId=gpo_1");

  const box = within(await card());
  expect(
    await box.findByText("One moment: we ask the gateway how your account stands now."),
  ).toBeVisible();
  expect(box.queryByText("Not finished")).not.toBeInTheDocument();
  release();
  expect(await box.findByText("Ready")).toBeVisible();
  await waitFor(() => expect(page.address()).toBe("/app/earnings"));
  expect(checks).toBe(1);
});

test("a gateway that does not answer is said, with what is known, and can be asked again", async () => {
  account = { ...ACCOUNT, status: "onboarding" };
  let silent = true;
  server.use(
    http.post(`${ME}/payout-account/check`, () => {
      if (silent) return refusal(503, "gateway_unavailable");
      account = ACCOUNT;
      return HttpResponse.json({ account });
    }),
  );
  const page = visit("/app/earnings?account=asked");

  const box = within(await card());
  expect(await box.findByText("The gateway could not be asked about your account")).toBeVisible();
  expect(await box.findByText("Not finished")).toBeVisible();
  silent = false;
  await page.user.click(box.getByRole("button", { name: "Try again" }));

  expect(await box.findByText("Ready")).toBeVisible();
  await waitFor(() => expect(box.queryByText(/could not be asked/)).not.toBeInTheDocument());
});
