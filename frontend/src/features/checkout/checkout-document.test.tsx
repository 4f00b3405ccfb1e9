import { expect, test, vi } from "vitest";
import { enterCheckoutDocument } from "@/features/checkout/checkout-document";

function mark(): void {
  const meta = document.createElement("meta");
  meta.name = "counterfoil-checkout";
  document.head.append(meta);
}

test("a document that is no checkout is loaded anew, once", () => {
  const reload = vi.fn<() => void>();

  const first = enterCheckoutDocument(reload);
  const second = enterCheckoutDocument(reload);

  expect([first, second]).toEqual([false, true]);
  expect(reload).toHaveBeenCalledTimes(1);
});

test("a checkout's document is entered at once, and the next one may be loaded again", () => {
  const reload = vi.fn<() => void>();
  enterCheckoutDocument(reload);
  mark();

  const entered = enterCheckoutDocument(reload);
  document.querySelector("meta[name=counterfoil-checkout]")?.remove();
  const elsewhere = enterCheckoutDocument(reload);

  expect([entered, elsewhere]).toEqual([true, false]);
  expect(reload).toHaveBeenCalledTimes(2);
});
