/* The stand-in's Stripe.js: the part of https://docs.stripe.com/js that a payment form needs.
 *
 * Served at /js/v3/. As with the real one, this runs in the shop's page and never sees a card:
 * the fields live in a frame of the stand-in's own origin, which also sends them. Only test cards
 * work. It sets styles through the CSSOM alone, so it runs under a policy without inline styles.
 */
(() => {
  "use strict";

  const ORIGIN = new URL(document.currentScript.src).origin;
  const API_BUSY = "We are experiencing issues connecting to our payments provider. You have not been charged. Please check your internet connection and try again.";
  let frames = 0;

  class Emitter {
    #handlers = new Map();

    on(name, handler) {
      if (!this.#handlers.has(name)) this.#handlers.set(name, new Set());
      this.#handlers.get(name).add(handler);
      return this;
    }

    once(name, handler) {
      const only = (event) => {
        this.off(name, only);
        handler(event);
      };
      return this.on(name, only);
    }

    off(name, handler) {
      if (handler) this.#handlers.get(name)?.delete(handler);
      else this.#handlers.delete(name);
      return this;
    }

    emit(name, event) {
      for (const handler of [...(this.#handlers.get(name) ?? [])]) handler(event);
    }
  }

  function dress(node, styles) {
    for (const [name, value] of Object.entries(styles)) node.style.setProperty(name, value);
    return node;
  }

  function schemeOf(appearance) {
    return appearance?.theme === "night" ? "dark" : "light";
  }

  class PaymentElement extends Emitter {
    #elements;
    #frame = null;
    #listener = null;
    #waiting = new Map();
    #questions = 0;
    #loaded = Promise.resolve();
    value = { complete: false, empty: true };

    constructor(elements, options) {
      super();
      this.#elements = elements;
      this.options = options ?? {};
    }

    mount(target) {
      const place = typeof target === "string" ? document.querySelector(target) : target;
      if (!place) {
        throw new Error(`Invalid DOM element for mount: ${target}. No such element is in the page.`);
      }
      this.unmount();
      const frame = document.createElement("iframe");
      frame.title = "Secure payment input frame";
      frame.name = `__privateStripeFrame${(frames += 1)}`;
      frame.src = `${ORIGIN}/js/v3/payment`;
      frame.allow = "payment *";
      dress(frame, {
        border: "0", display: "block", width: "calc(100% + 6px)", "max-width": "none", height: "170px", margin: "-3px", padding: "0",
        "color-scheme": schemeOf(this.#elements.options.appearance), background: "transparent",
      });
      let ready;
      this.#loaded = new Promise((resolve) => (ready = resolve));
      this.#listener = (event) => {
        if (event.source === frame.contentWindow && event.origin === ORIGIN) {
          if (event.data.kind === "ready") ready();
          this.#hear(event.data);
        }
      };
      window.addEventListener("message", this.#listener);
      this.#frame = frame;
      place.replaceChildren(frame);
      this.emit("loaderstart", { elementType: "payment" });
      frame.addEventListener("load", () => this.#tell("setup", this.#elements.dress()), { once: true });
    }

    unmount() {
      if (this.#listener) window.removeEventListener("message", this.#listener);
      this.#frame?.remove();
      this.#frame = this.#listener = null;
      for (const answer of this.#waiting.values()) answer({ error: { type: "invalid_request_error", message: "The payment form was closed." } });
      this.#waiting.clear();
    }

    destroy() {
      this.unmount();
      this.#elements.forget(this);
    }

    update(options) {
      Object.assign(this.options, options);
      this.redress();
      return this;
    }

    redress() {
      if (!this.#frame) return;
      dress(this.#frame, { "color-scheme": schemeOf(this.#elements.options.appearance) });
      this.#tell("setup", this.#elements.dress());
    }

    focus() { this.#frame?.focus(); this.#tell("focus"); }
    blur() { this.#tell("blur"); }
    clear() { this.#tell("clear"); }
    collapse() {}

    /** Ask the frame something that it alone can answer. */
    async ask(kind, data) {
      await this.#loaded;
      return new Promise((resolve) => {
        const question = (this.#questions += 1);
        this.#waiting.set(question, resolve);
        this.#tell(kind, { ...data, question });
      });
    }

    get isMounted() { return this.#frame !== null; }

    #tell(kind, data = {}) {
      this.#frame?.contentWindow?.postMessage({ kind, ...data }, ORIGIN);
    }

    #hear({ kind, ...data }) {
      if (kind === "height") dress(this.#frame, { height: `${data.height}px` });
      else if (kind === "submit") this.#frame.closest("form")?.requestSubmit();
      else if (kind === "answer") {
        this.#waiting.get(data.question)?.(data.answer);
        this.#waiting.delete(data.question);
      } else if (kind === "change") {
        this.value = data;
        this.emit("change", { elementType: "payment", collapsed: false, value: { type: "card" }, ...data });
      } else if (["ready", "focus", "blur", "escape"].includes(kind)) {
        this.emit(kind, { elementType: "payment" });
      }
    }
  }

  class Elements {
    #made = new Map();

    constructor(options) {
      this.options = { ...options };
    }

    create(type, options) {
      if (type !== "payment") {
        throw new Error(`The stand-in has the payment element alone, not "${type}".`);
      }
      if (this.#made.has(type)) {
        throw new Error(`Can only create one Element of type ${type} through elements.create().`);
      }
      const element = new PaymentElement(this, options);
      this.#made.set(type, element);
      return element;
    }

    getElement(type) {
      return this.#made.get(typeof type === "string" ? type : "payment") ?? null;
    }

    update(options) {
      Object.assign(this.options, options);
      for (const element of this.#made.values()) element.redress();
    }

    forget(element) {
      for (const [type, made] of this.#made) if (made === element) this.#made.delete(type);
    }

    async fetchUpdates() { return {}; }

    async submit() {
      const element = this.getElement("payment");
      if (!element?.isMounted) return { error: integration("elements.submit() needs a mounted payment element.") };
      const problem = await element.ask("validate");
      return problem.error ? problem : { selectedPaymentMethod: "card" };
    }

    dress() {
      return { appearance: this.options.appearance ?? {}, fonts: this.options.fonts ?? [] };
    }
  }

  function integration(message) {
    return { type: "invalid_request_error", message };
  }

  async function fetchIntent(key, clientSecret) {
    const id = clientSecret.split("_secret_")[0];
    const query = new URLSearchParams({ key, client_secret: clientSecret });
    try {
      const answer = await fetch(`${ORIGIN}/v1/payment_intents/${id}?${query}`);
      const body = await answer.json();
      return answer.ok ? { paymentIntent: body } : { error: body.error };
    } catch {
      return { error: { type: "api_connection_error", message: API_BUSY } };
    }
  }

  /** Show the bank's question over the page; resolve when it is answered or put away. */
  function challenge(address) {
    return new Promise((resolve) => {
      const before = document.activeElement;
      const dialog = document.createElement("dialog");
      dialog.setAttribute("aria-label", "Your bank asks you to confirm this payment");
      dress(dialog, {
        position: "fixed", inset: "0", margin: "auto", border: "0", padding: "0", width: "min(400px, calc(100vw - 32px))", height: "min(480px, calc(100dvh - 32px))",
        "max-width": "none", "max-height": "none", "border-radius": "12px", overflow: "hidden",
        background: "#fff", "box-shadow": "0 24px 64px rgb(0 0 0 / 0.35)", "color-scheme": "light",
      });
      const frame = document.createElement("iframe");
      frame.title = "3D Secure 2 authentication";
      frame.src = address;
      dress(frame, { border: "0", display: "block", width: "100%", height: "100%" });
      const finish = () => {
        window.removeEventListener("message", listener);
        dialog.close();
        dialog.remove();
        before?.focus?.();
        resolve();
      };
      const listener = (event) => {
        if (event.source === frame.contentWindow && event.origin === ORIGIN && event.data.kind === "authenticated") finish();
      };
      window.addEventListener("message", listener);
      dialog.addEventListener("cancel", (event) => {
        event.preventDefault();
        frame.contentWindow?.postMessage({ kind: "decline" }, ORIGIN);
      });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync("dialog[aria-label^='Your bank asks']::backdrop { background: rgb(10 10 20 / 0.6) }");
      document.adoptedStyleSheets = [...document.adoptedStyleSheets.filter((one) => !one.standIn), Object.assign(sheet, { standIn: true })];
      dialog.append(frame);
      document.body.append(dialog);
      dialog.showModal();
      frame.focus();
    });
  }

  function failureOf(intent) {
    return { ...intent.last_payment_error, payment_intent: intent };
  }

  async function follow(key, clientSecret, answer) {
    const intent = answer.paymentIntent;
    if (answer.error || intent.status !== "requires_action") return answer;
    const action = intent.next_action;
    if (action.type === "redirect_to_url") {
      window.location.assign(action.redirect_to_url.url);
      return new Promise(() => {});
    }
    await challenge(action.use_stripe_sdk.stripe_js);
    const after = await fetchIntent(key, clientSecret);
    if (after.error || after.paymentIntent.status !== "requires_payment_method") return after;
    return { error: failureOf(after.paymentIntent) };
  }

  function goTo(address, intent) {
    const target = new URL(address, window.location.href);
    target.searchParams.set("payment_intent", intent.id);
    target.searchParams.set("payment_intent_client_secret", intent.client_secret);
    target.searchParams.set("redirect_status", intent.status === "requires_payment_method" ? "failed" : "succeeded");
    window.location.assign(target.href);
    return new Promise(() => {});
  }

  function Stripe(key) {
    if (typeof key !== "string" || !key.startsWith("pk_test_")) {
      throw new Error("The stand-in takes publishable test keys (pk_test_…) alone.");
    }

    async function confirmPayment({ elements, confirmParams = {}, redirect = "always" }) {
      const element = elements?.getElement("payment");
      const clientSecret = elements?.options.clientSecret;
      if (!element?.isMounted || !clientSecret) {
        return { error: integration("confirmPayment needs elements with a client secret and a mounted payment element.") };
      }
      if (redirect === "always" && !confirmParams.return_url) {
        return { error: integration("confirmPayment needs confirmParams.return_url unless redirect is 'if_required'.") };
      }
      const confirmed = await element.ask("confirm", {
        key, clientSecret,
        returnUrl: confirmParams.return_url ?? null,
        billing: confirmParams.payment_method_data?.billing_details ?? {},
      });
      const done = await follow(key, clientSecret, confirmed);
      if (done.paymentIntent && redirect === "always") return goTo(confirmParams.return_url, done.paymentIntent);
      return done;
    }

    const unsupported = (name) => async () => ({ error: integration(`The stand-in does not carry stripe.${name}().`) });
    return {
      elements: (options = {}) => new Elements(options),
      confirmPayment,
      retrievePaymentIntent: (clientSecret) => fetchIntent(key, clientSecret),
      handleNextAction: async ({ clientSecret }) => follow(key, clientSecret, await fetchIntent(key, clientSecret)),
      createToken: unsupported("createToken"),
      createPaymentMethod: unsupported("createPaymentMethod"),
      confirmCardPayment: unsupported("confirmCardPayment"),
      registerAppInfo() {},
      _registerWrapper() {},
    };
  }

  Stripe.version = "endive";
  Stripe.standIn = true;
  window.Stripe = Stripe;
})();
