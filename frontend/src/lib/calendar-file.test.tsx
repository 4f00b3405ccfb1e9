import { expect, test } from "vitest";
import { calendarFile } from "@/lib/calendar-file";
import { aSession, PAID } from "@/test/sessions";

const ADDRESS = "https://counterfoil.example/app/sessions/ses_1";

test("an event in UTC that keeps its identity", () => {
  const session = aSession({ ...PAID, starts_at: "2031-01-14T18:00:00Z" });

  const lines = calendarFile(session, ADDRESS).split("\r\n");

  expect(lines).toContain("UID:ses_1@counterfoil.example");
  expect(lines).toContain("DTSTART:20310114T180000Z");
  expect(lines).toContain("DTEND:20310114T190000Z");
  expect(lines).toContain("SUMMARY:Interview rehearsal with Ada Adams");
  expect(lines.at(0)).toBe("BEGIN:VCALENDAR");
  expect(lines.at(-2)).toBe("END:VCALENDAR");
});

test("text is escaped, and no line is longer than 75 octets", () => {
  const goals = `Talk; then, maybe, éèê ${"ü".repeat(120)}\nEND:VEVENT`;

  const text = calendarFile(aSession({ ...PAID, goals }), ADDRESS);

  const sizes = text.split("\r\n").map((line) => new TextEncoder().encode(line).length);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(75);
  const unfolded = text.replaceAll("\r\n ", "");
  expect(unfolded).toContain(`Talk\\; then\\, maybe\\, éèê ${"ü".repeat(120)}\\nEND:VEVENT`);
  expect(unfolded.match(/^END:VEVENT$/gm)).toHaveLength(1);
});
