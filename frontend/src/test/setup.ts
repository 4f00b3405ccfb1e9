import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterAll, afterEach, beforeAll } from "vitest";
import { server } from "@/test/server";

// A page and its code are fetched on the way; a busy machine takes its time.
configure({ asyncUtilTimeout: 5_000 });

beforeAll(() => server.listen({ onUnhandledRequest: "error" }));

afterEach(() => {
  cleanup();
  server.resetHandlers();
  localStorage.clear();
  sessionStorage.clear();
});

afterAll(() => server.close());

// What jsdom does not have and no test is about.
window.scrollTo = () => undefined;
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.hasPointerCapture = () => false;
window.ResizeObserver = class {
  observe = () => undefined;
  unobserve = () => undefined;
  disconnect = () => undefined;
};
window.matchMedia = (media) =>
  Object.assign(new EventTarget(), {
    media,
    matches: media === "(width >= 64rem)", // a desk, by day
    onchange: null,
    addListener: () => undefined,
    removeListener: () => undefined,
  });

// Four hundred zones in every select would be most of what the tests have to look through.
Intl.supportedValuesOf = () => ["America/New_York", "Asia/Tokyo", "Europe/London", "Europe/Paris"];
