/* The card fields' frame: reads a test card, checks it as it is typed, and sends it itself. */
(() => {
  "use strict";

  const CARDS = [
    ["Succeeds", "4242 4242 4242 4242"],
    ["Asks the bank (3-D Secure)", "4000 0027 6000 3184"],
    ["Declined", "4000 0000 0000 0002"],
    ["Insufficient funds", "4000 0000 0000 9995"],
    ["Expired card", "4000 0000 0000 0069"],
    ["Incorrect CVC", "4000 0000 0000 0127"],
    ["Processing error", "4000 0000 0000 0119"],
    ["Disputed later", "4000 0000 0000 0259"],
  ];
  const BRANDS = [
    [/^3[47]/, "amex", "AMEX", [4, 6, 5], 4],
    [/^(5[1-5]|2[2-7])/, "mastercard", "MASTERCARD", [4, 4, 4, 4], 3],
    [/^(6011|65|64[4-9])/, "discover", "DISCOVER", [4, 4, 4, 4], 3],
    [/^4/, "visa", "VISA", [4, 4, 4, 4], 3],
    [/^/, "unknown", "", [4, 4, 4, 4, 3], 4],
  ];
  const BUSY = "We are experiencing issues connecting to our payments provider. You have not been charged. Please check your internet connection and try again.";

  const form = document.getElementById("form");
  const fields = { number: form.elements.number, expiry: form.elements.expiry, cvc: form.elements.cvc };
  const touched = new Set();
  let shop = null; // the origin of the page around this frame, known from its first message

  const tell = (kind, data = {}) => shop && parent.postMessage({ kind, ...data }, shop);
  const digits = (field) => field.value.replace(/\D/g, "");
  const brandOf = (number) => BRANDS.find(([pattern]) => pattern.test(number));

  function luhn(number) {
    const sum = [...number].reverse().reduce((total, digit, place) => {
      const value = Number(digit) * (place % 2 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
    return sum % 10 === 0;
  }

  const CHECKS = {
    number() {
      const number = digits(fields.number);
      const groups = brandOf(number)[3];
      const length = number.startsWith("3") ? groups.reduce((a, b) => a + b) : 16;
      if (number.length < length) return ["incomplete_number", "Your card number is incomplete."];
      return luhn(number) ? null : ["invalid_number", "Your card number is invalid."];
    },
    expiry() {
      const text = digits(fields.expiry);
      if (text.length < 4) return ["incomplete_expiry", "Your card’s expiration date is incomplete."];
      const [month, year] = [Number(text.slice(0, 2)), 2000 + Number(text.slice(2))];
      if (month < 1 || month > 12) return ["invalid_expiry", "Your card’s expiration date is invalid."];
      const now = new Date();
      if (year < now.getFullYear()) return ["invalid_expiry_year_past", "Your card’s expiration year is in the past."];
      const past = year === now.getFullYear() && month < now.getMonth() + 1;
      return past ? ["invalid_expiry_month_past", "Your card’s expiration date is in the past."] : null;
    },
    cvc() {
      const length = brandOf(digits(fields.number))[4] === 4 && digits(fields.number).startsWith("3") ? 4 : 3;
      return digits(fields.cvc).length < length ? ["incomplete_cvc", "Your card’s security code is incomplete."] : null;
    },
  };

  function show(name) {
    const problem = touched.has(name) ? CHECKS[name]() : null;
    const place = document.getElementById(`${name}-error`);
    const text = problem?.[1] ?? "";
    if (place.textContent !== text) place.textContent = text;
    place.hidden = !problem;
    fields[name].setAttribute("aria-invalid", String(Boolean(problem)));
  }

  function firstProblem() {
    for (const name of Object.keys(fields)) touched.add(name);
    const failing = Object.keys(fields).filter((name) => CHECKS[name]());
    Object.keys(fields).forEach(show);
    if (!failing.length) return null;
    fields[failing[0]].focus();
    const [code, message] = CHECKS[failing[0]]();
    return { type: "validation_error", code, message };
  }

  function changed() {
    const values = Object.values(fields).map((field) => field.value);
    tell("change", {
      complete: Object.keys(fields).every((name) => !CHECKS[name]()),
      empty: values.every((value) => !value),
    });
    document.getElementById("brand").textContent = brandOf(digits(fields.number))[2];
    fields.cvc.placeholder = digits(fields.number).startsWith("3") ? "1234" : "123";
  }

  function inGroups(text, sizes) {
    const parts = [];
    let rest = text;
    for (const size of sizes) {
      if (rest) parts.push(rest.slice(0, size));
      rest = rest.slice(size);
    }
    return parts.join(" ");
  }

  const WRITTEN = {
    number: (text) => inGroups(text, brandOf(text)[3]),
    expiry(text) {
      const padded = /^[2-9]/.test(text) ? `0${text}` : text;
      return padded.length > 2 ? `${padded.slice(0, 2)} / ${padded.slice(2, 4)}` : padded;
    },
    cvc: (text) => text.slice(0, 4),
  };

  /** Write a field anew with its spaces, and leave the caret behind the same digit. */
  function rewrite(name) {
    const field = fields[name];
    const behind = field.value.slice(0, field.selectionStart ?? field.value.length).replace(/\D/g, "").length;
    const wasAtEnd = field.selectionStart === field.value.length;
    const text = WRITTEN[name](digits(field));
    if (field.value === text) return;
    field.value = text;
    let caret = text.length;
    if (!wasAtEnd) {
      caret = 0;
      for (let seen = 0; caret < text.length && seen < behind; caret += 1) seen += /\d/.test(text[caret]) ? 1 : 0;
    }
    if (document.activeElement === field) field.setSelectionRange(caret, caret);
  }

  function moveOn(name) {
    if (CHECKS[name]() || fields[name].selectionStart !== fields[name].value.length) return;
    const next = { number: "expiry", expiry: "cvc" }[name];
    if (next && !fields[next].value) fields[next].focus();
  }

  for (const [name, field] of Object.entries(fields)) {
    field.addEventListener("input", (event) => {
      rewrite(name);
      show(name);
      changed();
      if (event.inputType?.startsWith("insert")) moveOn(name);
    });
    field.addEventListener("blur", () => {
      if (field.value) touched.add(name);
      show(name);
      tell("blur");
    });
    field.addEventListener("focus", () => tell("focus"));
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") tell("escape");
    if (event.key === "Enter" && event.target.tagName === "INPUT") {
      event.preventDefault();
      tell("submit");
    }
  });
  form.addEventListener("submit", (event) => event.preventDefault());

  function fill(number) {
    const year = String((new Date().getFullYear() + 4) % 100).padStart(2, "0");
    const values = { number, expiry: `12 / ${year}`, cvc: number.startsWith("3") ? "1234" : "123" };
    for (const [name, value] of Object.entries(values)) {
      fields[name].value = value;
      show(name);
    }
    document.getElementById("tests").open = false;
    fields.number.focus();
    changed();
  }

  for (const [what, number] of CARDS) {
    const button = document.createElement("button");
    button.type = "button";
    const shown = document.createElement("small");
    shown.textContent = number;
    button.append(what, shown);
    button.addEventListener("click", () => fill(number));
    const item = document.createElement("li");
    item.append(button);
    document.getElementById("cards").append(item);
  }

  async function confirm({ key, clientSecret, returnUrl, billing }) {
    const problem = firstProblem();
    if (problem) return { error: problem };
    const expiry = digits(fields.expiry);
    const body = new URLSearchParams({
      key,
      client_secret: clientSecret,
      use_stripe_sdk: "true",
      expected_payment_method_type: "card",
      "payment_method_data[type]": "card",
      "payment_method_data[card][number]": digits(fields.number),
      "payment_method_data[card][exp_month]": String(Number(expiry.slice(0, 2))),
      "payment_method_data[card][exp_year]": `20${expiry.slice(2)}`,
      "payment_method_data[card][cvc]": digits(fields.cvc),
    });
    if (returnUrl) body.set("return_url", returnUrl);
    for (const [name, value] of Object.entries(billing)) {
      if (typeof value === "string" && value) body.set(`payment_method_data[billing_details][${name}]`, value);
    }
    const id = clientSecret.split("_secret_")[0];
    form.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`/v1/payment_intents/${id}/confirm`, { method: "POST", body });
      const found = await answer.json();
      return answer.ok ? { paymentIntent: found } : { error: found.error };
    } catch {
      return { error: { type: "api_connection_error", message: BUSY } };
    } finally {
      form.removeAttribute("aria-busy");
    }
  }

  const rules = new CSSStyleSheet();
  document.adoptedStyleSheets = [rules];

  function setUp({ appearance, fonts }) {
    const root = document.documentElement;
    root.dataset.theme = appearance.theme ?? "stripe";
    root.style.colorScheme = appearance.theme === "night" ? "dark" : "light";
    for (const [name, value] of Object.entries(appearance.variables ?? {})) root.style.setProperty(`--${name}`, value);
    const written = Object.entries(appearance.rules ?? {}).map(([selector, styles]) => {
      const lines = Object.entries(styles).map(([name, value]) => `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}: ${value}`);
      return `${selector} { ${lines.join("; ")} }`;
    });
    rules.replaceSync(written.join("\n"));
    for (const font of fonts ?? []) {
      if (!font.family || [...document.fonts].some((known) => known.family === font.family)) continue;
      const face = new FontFace(font.family, font.src, { weight: font.weight ?? "400" });
      document.fonts.add(face);
      face.load().catch(() => {});
    }
  }

  const ANSWERS = {
    validate: async () => ({ error: firstProblem() }),
    confirm,
  };

  let isReady = false;
  window.addEventListener("message", async (event) => {
    if (event.source !== parent || event.source === window) return;
    shop = event.origin;
    const { kind, question, ...data } = event.data;
    if (kind === "setup") {
      setUp(data);
      if (!isReady) tell("ready");
      isReady = true;
    } else if (kind === "focus") fields.number.focus();
    else if (kind === "blur") document.activeElement?.blur();
    else if (kind === "clear") {
      for (const field of Object.values(fields)) field.value = "";
      touched.clear();
      Object.keys(fields).forEach(show);
      changed();
    } else if (ANSWERS[kind]) tell("answer", { question, answer: await ANSWERS[kind](data) });
    tell("height", { height: Math.ceil(document.body.getBoundingClientRect().height) });
  });
  new ResizeObserver(() => tell("height", { height: Math.ceil(document.body.getBoundingClientRect().height) })).observe(document.body);
})();
