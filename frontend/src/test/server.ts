import { setupServer } from "msw/node";

/** Answers nothing by itself: each test says what the API answers, and the rest is an error. */
export const server = setupServer();
