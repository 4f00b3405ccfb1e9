/* Takes the place of https://www.paypal.com/sdk/js in the demo's checkout: window.paypal.Buttons({...}).render(element).
   createOrder answers with an order's id; the payer's page opens over the shop; onApprove, onCancel, onError follow. */
(() => {
  "use strict";
  const origin = new URL(document.currentScript.src).origin;
  const pageOf = (order) => `${origin}/paypal/checkoutnow?token=${encodeURIComponent(order)}`;

  const styled = (element, style) => {
    Object.assign(element.style, style); // the object model, which no style policy forbids
    return element;
  };

  /* Asks the payer in a window over the page; resolves to "approve" or to "cancel". */
  const ask = (order) =>
    new Promise((resolve) => {
      const before = document.activeElement;
      const dialog = styled(document.createElement("dialog"), {
        width: "min(27rem, 100vw)", height: "min(50rem, 100dvh)", margin: "auto", maxWidth: "100vw", maxHeight: "100dvh",
        padding: "0", border: "0", borderRadius: "8px", overflow: "hidden", background: "#fff",
      });
      dialog.setAttribute("aria-label", "PayPal");
      const frame = styled(document.createElement("iframe"), { width: "100%", height: "calc(100% - 48px)", border: "0", display: "block" });
      frame.title = "PayPal: approve the payment";
      frame.src = pageOf(order);
      const close = styled(document.createElement("button"), {
        width: "100%", height: "48px", border: "0", background: "#1d1d24", color: "#fff", font: "600 16px/1 system-ui, sans-serif", cursor: "pointer",
      });
      close.type = "button";
      close.textContent = "Close PayPal";
      const finish = (outcome) => {
        window.removeEventListener("message", hear);
        dialog.remove();
        before?.focus?.();
        resolve(outcome);
      };
      const hear = (event) => {
        if (event.origin !== origin || event.source !== frame.contentWindow) return;
        if (event.data.kind === "paypal-stand-in" && event.data.order === order) finish(event.data.outcome);
      };
      window.addEventListener("message", hear);
      close.addEventListener("click", () => finish("cancel"));
      dialog.addEventListener("cancel", (event) => {
        event.preventDefault();
        finish("cancel");
      });
      dialog.append(close, frame);
      document.body.append(dialog);
      dialog.showModal();
    });

  const Buttons = (options = {}) => {
    let button;
    let busy = false;

    const show = async (order) => {
      const data = { orderID: order, paymentSource: "paypal" };
      if ((await ask(order)) === "cancel") return options.onCancel?.(data);
      return options.onApprove?.(data, { restart: () => show(order) });
    };

    const start = async () => {
      if (busy) return;
      busy = true;
      button.setAttribute("aria-busy", "true");
      try {
        await show(await options.createOrder({ paymentSource: "paypal" }, {}));
      } catch (error) {
        if (!options.onError) throw error;
        options.onError(error);
      } finally {
        busy = false;
        button.removeAttribute("aria-busy");
      }
    };

    return {
      isEligible: () => true,
      close: async () => button?.remove(),
      render: async (place) => {
        const into = typeof place === "string" ? document.querySelector(place) : place;
        if (!into) throw new Error("Document is ready and element does not exist");
        button = styled(document.createElement("button"), {
          width: "100%", minHeight: "48px", border: "1px solid #8a6d00", borderRadius: "24px", background: "#ffc439", color: "#111", font: "600 16px/1.2 system-ui, sans-serif", cursor: "pointer",
        });
        button.type = "button";
        button.textContent = "Pay with PayPal";
        button.addEventListener("click", () => void start());
        into.append(button);
        options.onInit?.({}, { enable: () => (button.disabled = false), disable: () => (button.disabled = true) });
      },
    };
  };

  window.paypal = { version: "5.0-stand-in", Buttons, FUNDING: { PAYPAL: "paypal" } };
})();
