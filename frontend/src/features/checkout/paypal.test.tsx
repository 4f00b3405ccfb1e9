import { screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ButtonOptions, PayPalWindow } from "@/features/checkout/api/paypal";
import { loadPayPal } from "@/features/checkout/api/paypal";
import { ORIGIN, refusal, signedInAs, visit } from "@/test/app";
import { fakeGateway } from "@/test/gateway";
import { server } from "@/test/server";
import { AMOUNTS, aSession, inMinutes, PAID, PAYMENT, sessionIs } from "@/test/sessions";

vi.mock("@stripe/stripe-js/pure", () => ({
  loadStripe: () => Promise.resolve(fakeGateway().stripe),
}));

const PAY = "/app/sessions/ses_1/pay";
const AT_PAYPAL = { ...PAYMENT, gateway: "paypal" };
let intents: string[];
let shown: ButtonOptions | undefined;
let arriving: MutationObserver | undefined;

/** PayPal's script as the checkout sees it: a button that asks for an order, and answers. */
const paypal = {
  Buttons: (options: ButtonOptions) => ({
    render: (into: HTMLElement) => {
      shown = options;
      const button = document.createElement("button");
      button.textContent = "Pay with PayPal";
      button.addEventListener("click", () => void options.createOrder());
      into.append(button);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  }),
};

const scripts = () => document.head.querySelectorAll<HTMLScriptElement>("script[src*='sdk/js']");

/** Let every script that is asked for arrive, or fail to. */
function scriptsWill(event: "load" | "error"): void {
  arriving = new MutationObserver((changes) => {
    for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
      if (node instanceof HTMLScriptElement) node.dispatchEvent(new Event(event));
    }
  });
  arriving.observe(document.head, { childList: true });
}

beforeEach(() => {
  intents = [];
  shown = undefined;
  (window as PayPalWindow).paypal = paypal;
  sessionStorage.setItem("counterfoil.checkout-document", location.pathname);
  signedInAs();
  server.use(
    http.post(`${ORIGIN}/api/payments/create-intent`, async ({ request }) => {
      const { gateway } = (await request.json()) as { gateway: string };
      intents.push(gateway);
      const stripe = gateway === "stripe";
      return HttpResponse.json(
        {
          payment_id: stripe ? "pay_1" : "pay_2",
          gateway,
          ...AMOUNTS,
          client_secret: stripe ? "pi_1_secret_x" : null,
          publishable_key: stripe ? "pk_test_1" : null,
          order_id: stripe ? null : "ORDER1",
          client_id: stripe ? null : "client",
        },
        { status: 201 },
      );
    }),
  );
});

afterEach(() => {
  arriving?.disconnect();
  delete (window as PayPalWindow).paypal;
  for (const script of scripts()) script.remove();
});

function confirms(answer: () => object): string[] {
  const asked: string[] = [];
  server.use(
    http.post(`${ORIGIN}/api/payments/confirm`, async ({ request }) => {
      asked.push(((await request.json()) as { payment_id: string }).payment_id);
      return HttpResponse.json(answer(), { status: 200 });
    }),
  );
  return asked;
}

async function choosesPayPal(user: ReturnType<typeof visit>["user"]): Promise<void> {
  await user.click(await screen.findByRole("radio", { name: "PayPal" }));
  await screen.findByRole("button", { name: "Pay with PayPal" });
}

test("nothing of PayPal is loaded or begun before it is chosen", async () => {
  sessionIs(() => aSession());
  scriptsWill("load");
  const page = visit(PAY);

  await screen.findByRole("button", { name: "Pay $80.00" });
  expect(screen.getByRole("radio", { name: "Card" })).toBeChecked();
  expect(scripts()).toHaveLength(0);
  expect(intents).toEqual(["stripe"]);

  await choosesPayPal(page.user);

  expect(intents).toEqual(["stripe", "paypal"]);
  expect(scripts()).toHaveLength(1);
  const address = new URL(scripts()[0]?.src ?? "");
  expect(address.origin + address.pathname).toBe("https://www.paypal.com/sdk/js");
  expect(address.searchParams.get("client-id")).toBe("client");
  expect(address.searchParams.get("currency")).toBe("USD");
});

test("an approved order is confirmed by our server and leads to the ticket", async () => {
  let session = aSession();
  sessionIs(() => session);
  scriptsWill("load");
  const asked = confirms(() => {
    session = aSession(PAID);
    return {
      payment: { id: "pay_2", status: "succeeded", failure: null },
      session: { id: "ses_1", status: "confirmed" },
      refunds: [],
    };
  });
  const page = visit(PAY);
  await choosesPayPal(page.user);

  expect(await shown?.createOrder()).toBe("ORDER1");
  await shown?.onApprove({ orderID: "ORDER1" });

  expect(await screen.findByText("You are booked")).toBeInTheDocument();
  expect(asked[0]).toBe("pay_2");
});

test("a declined instrument says why, and another way is one press away", async () => {
  sessionIs(() => aSession({ payment: AT_PAYPAL }));
  scriptsWill("load");
  confirms(() => ({
    payment: {
      id: "pay_2",
      status: "pending",
      failure: { code: "instrument_declined", message: "Choose another one in PayPal." },
    },
    session: { id: "ses_1", status: "pending" },
    refunds: [],
  }));
  const page = visit(PAY);
  await screen.findByRole("button", { name: "Pay with PayPal" });

  await shown?.onApprove({ orderID: "ORDER1" });

  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("Your payment was declined at PayPal");
  expect(alert).toHaveTextContent("Choose another one in PayPal.");
  await page.user.click(screen.getByRole("button", { name: "Pay another way" }));
  expect(await screen.findByRole("radio", { name: "PayPal" })).toBeChecked();
  await page.user.click(screen.getByRole("radio", { name: "Card" }));
  expect(await screen.findByRole("button", { name: "Pay $80.00" })).toBeInTheDocument();
});

test("a closed window keeps the time, and the choice stands still while it is open", async () => {
  sessionIs(() => aSession({ payment: AT_PAYPAL }));
  scriptsWill("load");
  const page = visit(PAY);
  const button = await screen.findByRole("button", { name: "Pay with PayPal" });

  await page.user.click(button);
  await waitFor(() => expect(screen.getByRole("radio", { name: "Card" })).toBeDisabled());
  shown?.onCancel();

  expect(await screen.findByText("PayPal was closed")).toBeInTheDocument();
  expect(screen.getByText(/the time is still yours/)).toBeInTheDocument();
  expect(screen.getByRole("timer")).toBeInTheDocument();
  expect(screen.getByRole("radio", { name: "Card" })).toBeEnabled();
  expect(intents).toEqual(["paypal"]);
});

test("a hold that ends while the window is open says so once it is closed", async () => {
  sessionIs(() => aSession({ payment: AT_PAYPAL, expires_at: inMinutes(1 / 60) }));
  scriptsWill("load");
  const page = visit(PAY);
  await page.user.click(await screen.findByRole("button", { name: "Pay with PayPal" }));
  await new Promise((later) => setTimeout(later, 1_300));
  expect(screen.queryByText("The hold has ended")).not.toBeInTheDocument();

  shown?.onCancel();

  expect(await screen.findByText("The hold has ended")).toBeInTheDocument();
});

test("a hold that the server has ended is looked at again", async () => {
  let session = aSession({ payment: AT_PAYPAL });
  sessionIs(() => session);
  server.use(
    http.post(`${ORIGIN}/api/payments/create-intent`, () => {
      session = aSession({ status: "expired", expires_at: null });
      return refusal(409, "hold_expired");
    }),
  );

  visit(PAY);

  expect(await screen.findByText("The hold has ended")).toBeInTheDocument();
});

test("a script that does not come is said, and loaded again by the next try", async () => {
  scriptsWill("error");
  await expect(loadPayPal("client", "USD")).rejects.toThrow("could not be loaded");
  expect(scripts()).toHaveLength(0);

  sessionIs(() => aSession({ payment: AT_PAYPAL }));
  visit(PAY);

  expect(await screen.findByText("The payment form could not be loaded")).toBeInTheDocument();
});
