import { afterEach, expect, test } from "vitest";
import { forgetAhead, takeAhead } from "@/lib/ahead";

const ADDRESS = "/api/mentors?limit=12";

function asked(token: string, address = ADDRESS, method = "GET"): Request {
  const headers = { Authorization: `Bearer ${token}` };
  return new Request(`${location.origin}${address}`, { headers, method });
}

function ahead(answer: Promise<Response | null>): void {
  globalThis.counterfoilAhead = { token: "mine", answers: new Map([[ADDRESS, answer]]) };
}

afterEach(forgetAhead);

test("an answer is taken once", async () => {
  const answer = new Response("{}");
  ahead(Promise.resolve(answer));
  expect(await takeAhead(asked("mine"))).toBe(answer);
  expect(await takeAhead(asked("mine"))).toBeNull();
});

test.each([
  ["another person's", asked("another")],
  ["another address", asked("mine", "/api/mentors?limit=13")],
  ["a deed", asked("mine", ADDRESS, "POST")],
])("%s is not answered by it", async (_what, request) => {
  ahead(Promise.resolve(new Response("{}")));
  expect(await takeAhead(request)).toBeNull();
  expect(await takeAhead(asked("mine"))).not.toBeNull();
});

test("where the network failed, the caller asks anew", async () => {
  ahead(Promise.resolve(null));
  expect(await takeAhead(asked("mine"))).toBeNull();
});

test("what nobody took is forgotten", async () => {
  ahead(Promise.resolve(new Response("{}")));
  forgetAhead();
  expect(await takeAhead(asked("mine"))).toBeNull();
});
