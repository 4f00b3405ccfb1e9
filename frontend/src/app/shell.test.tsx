import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { signedInAs, visit } from "@/test/app";

test("an unknown address inside the app says so and leads on", async () => {
  signedInAs();

  visit("/app/nowhere");

  expect(await screen.findByRole("heading", { level: 1 })).toHaveTextContent(
    "There is no such page",
  );
  expect(screen.getByRole("link", { name: "To the dashboard" })).toHaveAttribute("href", "/app");
});
