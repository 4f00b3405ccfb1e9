// Stripe's script as the checkout sees it: fields that are there at once, and answers as told.

import type { PaymentIntent, Stripe, StripeError } from "@stripe/stripe-js";
import { type Mock, vi } from "vitest";

type Outcome = { paymentIntent?: Partial<PaymentIntent>; error?: Partial<StripeError> };

export type FakeGateway = {
  stripe: Stripe;
  /** What the next try to pay becomes. */
  willAnswer: (outcome: Outcome) => void;
  /** What the gateway says of the intent when the page opens. */
  status: PaymentIntent["status"];
  confirmPayment: Mock<() => Promise<Outcome>>;
};

export function fakeGateway(): FakeGateway {
  let outcome: Outcome = { paymentIntent: { status: "succeeded" } };
  const element = {
    on(event: string, handler: (found: unknown) => void) {
      if (event === "ready") queueMicrotask(() => handler({ elementType: "payment" }));
      return element;
    },
    once: () => element,
    off: () => element,
    mount: () => undefined,
    unmount: () => undefined,
    destroy: () => undefined,
    update: () => undefined,
  };
  const elements = {
    create: () => element,
    getElement: () => element,
    update: () => undefined,
    submit: () => Promise.resolve({}),
  };
  const confirmPayment = vi.fn<() => Promise<Outcome>>(() => Promise.resolve(outcome));
  const gateway: FakeGateway = {
    status: "requires_payment_method",
    confirmPayment,
    willAnswer: (next) => {
      outcome = next;
    },
    stripe: {
      elements: () => elements,
      confirmPayment,
      retrievePaymentIntent: () => Promise.resolve({ paymentIntent: { status: gateway.status } }),
      createToken: () => undefined,
      createPaymentMethod: () => undefined,
      confirmCardPayment: () => undefined,
    } as unknown as Stripe,
  };
  return gateway;
}
