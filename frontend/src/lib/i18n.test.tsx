import { render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Words } from "@/components/words";
import { filled, follow, language, locale, msg, preferred, speak, t, tn } from "@/lib/i18n";

const KNOWN = "Skip to the content";

beforeEach(() => {
  vi.spyOn(navigator, "languages", "get").mockReturnValue(["fr-FR", "de-AT", "en-GB"]);
});

afterEach(() => speak("en"));

test("English is what is written, and nothing is fetched for it", async () => {
  await speak("en");
  expect(language()).toBe("en");
  expect(t(KNOWN)).toBe(KNOWN);
  expect(document.documentElement.lang).toBe("en");
});

test("German comes from the catalogue, and English where it has none", async () => {
  await speak("de");
  expect([language(), locale(), document.documentElement.lang]).toEqual(["de", "de-DE", "de"]);
  expect(t(KNOWN)).toBe("Zum Inhalt springen");
  expect(t(msg("No such text, {name}"), { name: "Ada" })).toBe("No such text, Ada");
});

test("a count chooses the form, and stands in it", () => {
  const mentors = (count: number) => tn(count, "{count} mentor", "{count} mentors");
  expect([0, 1, 2].map(mentors)).toEqual(["0 mentors", "1 mentor", "2 mentors"]);
});

test("a place without a value stays, and a value is never read again", () => {
  expect(filled("{a} and {b}", { a: "{b}" })).toBe("{b} and {b}");
});

test("a sentence that ends on a shortened month has one point", () => {
  expect(filled("Bis {day}.", { day: "24. Nov." })).toBe("Bis 24. Nov.");
  expect(filled("Until {day}.", { day: "24 Nov" })).toBe("Until 24 Nov.");
});

test("the browser's first language that the app speaks is preferred", () => {
  expect(preferred()).toBe("de");
});

test("a language that was chosen here before comes first, unless it is none", () => {
  localStorage.setItem("language", "en");
  expect(preferred()).toBe("en");
  localStorage.setItem("language", "xx");
  expect(preferred()).toBe("de");
});

test("a person's language is kept, and loads the page only where it is another", () => {
  const load = vi.fn();
  follow("en", load);
  expect(load).not.toHaveBeenCalled();
  follow("de", load);
  expect(load).toHaveBeenCalledOnce();
  expect(localStorage.getItem("language")).toBe("de");
});

test("a page whose German could not be had is not loaded for ever", async () => {
  vi.doMock("@/german/catalogue", () => {
    throw new TypeError("Failed to fetch dynamically imported module");
  });
  await speak("de");
  vi.doUnmock("@/german/catalogue");
  const load = vi.fn();
  expect(language()).toBe("en");
  follow("de", load);
  expect(load).not.toHaveBeenCalled();
});

test("a browser that keeps nothing is not loaded for ever", () => {
  const load = vi.fn();
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("denied");
  });
  follow("de", load);
  expect(load).not.toHaveBeenCalled();
});

test("a sentence holds elements, with words inside or without, and a name is no tag", () => {
  const { container } = render(
    <Words
      text="Dear <who/>, read the <terms>terms of {day}</terms>, {name}."
      values={{ day: "today", name: "<who/>" }}
      parts={{ who: <b>Ada</b>, terms: <a href="/terms/">.</a> }}
    />,
  );
  expect(container.textContent).toBe("Dear Ada, read the terms of today, <who/>.");
  expect(screen.getByRole("link", { name: "terms of today" })).toBeInTheDocument();
});

test("the app is installed in the language that it speaks", async () => {
  const link = document.createElement("link");
  Object.assign(link, { rel: "manifest", href: "/app/manifest.webmanifest" });
  document.head.append(link);

  await speak("de");
  expect(link.getAttribute("href")).toMatch(/\/app\/manifest\.webmanifest\?lang=de$/);
  await speak("en");
  expect(link.getAttribute("href")).toMatch(/\/app\/manifest\.webmanifest\?lang=en$/);
  link.remove();
});
