import { expect, test } from "vitest";
import { paths, safeNext } from "@/lib/paths";

test("addresses leave out what is not given and quote what is", () => {
  expect(paths.book("ada", { type: "sty_1", date: undefined })).toBe(
    "/app/mentors/ada/book?type=sty_1",
  );
  expect(paths.login({ next: "/app/mentors?q=a b" })).toBe(
    "/app/login?next=%2Fapp%2Fmentors%3Fq%3Da+b",
  );
});

test("a wish inside the app is kept whole", () => {
  expect(safeNext("/app/mentors/ada/book?type=sty_1#x")).toBe("/app/mentors/ada/book?type=sty_1#x");
});

test.each([
  null,
  "",
  "https://elsewhere.example/app",
  "//elsewhere.example/app",
  "/\\elsewhere.example/app",
  "/app/../cms/",
  "/application",
  "javascript:alert(1)",
])("a wish that leads out of the app (%s) becomes the dashboard", (next) => {
  expect(safeNext(next)).toBe("/app");
});
