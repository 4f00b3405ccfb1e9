import { afterEach, beforeEach, expect, test } from "vitest";
import { forgetPicture, keepPicture, pictureOf } from "@/lib/picture";

const BROUGHT = `
  <div data-picture="page"><h1>Find a mentor</h1><div data-picture="mentors"><p>Ada</p></div></div>
  <div data-picture="book" hidden><p>Nobody sees this</p></div>`;

beforeEach(() => {
  history.replaceState(null, "", "/app/mentors");
  const root = document.createElement("div");
  root.innerHTML = BROUGHT;
  keepPicture(root);
});
afterEach(forgetPicture);

test("each part that was shown is there again, as it was", () => {
  expect(pictureOf("mentors")).toBe("<p>Ada</p>");
  expect(pictureOf("page")).toContain("Find a mentor");
});

test("what was not shown, or not brought, is not", () => {
  expect(pictureOf("book")).toBeNull();
  expect(pictureOf("sessions")).toBeNull();
});

test("another address is another page", () => {
  history.replaceState(null, "", "/app/mentors?price_max=9000");
  expect(pictureOf("mentors")).toBeNull();
});

test("once the page itself stood there, the picture is over", () => {
  forgetPicture();
  expect(pictureOf("mentors")).toBeNull();
});
