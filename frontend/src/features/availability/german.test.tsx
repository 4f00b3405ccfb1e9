import { screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { AvailabilityOut, CalendarOut } from "@/lib/api-types";
import { speak } from "@/lib/i18n";
import { ORIGIN, signedInAs, visit } from "@/test/app";
import { server } from "@/test/server";
import { aMentor } from "@/test/sessions";

const ME = `${ORIGIN}/api/mentors/me`;
const READ: AvailabilityOut = {
  time_zone: "Europe/Berlin",
  weekly: [
    { weekday: 0, start: "09:00", end: "12:00", valid_from: "2031-03-01" },
    { weekday: 0, start: "13:00", end: "24:00" },
  ],
  overrides: [{ date: "2031-12-24", closed: true }],
  time_off: [],
  travel: [{ from_date: "2031-05-02", to_date: "2031-05-09", time_zone: "Europe/Lisbon" }],
  rules: {
    step_minutes: 30,
    gap_minutes: 15,
    notice_minutes: 120,
    window_days: 60,
    max_per_day: null,
    max_per_week: null,
  },
};

beforeEach(async () => {
  await speak("de");
  signedInAs({ ...aMentor(), language: "de", time_zone: "Europe/Berlin" });
  server.use(
    http.get(`${ME}/availability`, () => HttpResponse.json(READ, { headers: { ETag: '"v1"' } })),
  );
});

afterEach(() => speak("en"));

const button = (name: string) => screen.getByRole("button", { name });
const said = () => within(screen.getByRole("form")).getAllByRole("status")[0];

test("the hours speak German: days, dates, and what is said of a change", async () => {
  const { user } = visit("/app/availability");

  const monday = await screen.findByRole("group", { name: "Montag" });
  expect(within(monday).getByLabelText("Montag, Zeit 2, bis")).toHaveValue("00:00");
  expect(within(monday).getByText("Nur ab Samstag, 1. März 2031.")).toBeVisible();
  expect(screen.getByRole("group", { name: "Mittwoch, 24. Dezember 2031" })).toBeVisible();
  expect(
    screen.getByRole("group", { name: "Reise nach Lisbon ab Freitag, 2. Mai 2031" }),
  ).toBeVisible();
  expect(
    screen.getByText(
      "Urlaub und andere Abwesenheiten, Ortszeit Berlin. In ihnen kann nichts gebucht werden; was gebucht ist, bleibt gebucht.",
    ),
  ).toBeVisible();

  await user.click(button("Montag, 09:00–12:00 entfernen"));
  expect(said()).toHaveTextContent("Montag: 09:00–12:00 entfernt.");
  await user.click(button("Zeit hinzufügen: Dienstag"));
  expect(said()).toHaveTextContent("Dienstag: 09:00–17:00 hinzugefügt.");
  await user.click(button("Auf andere Tage kopieren: Dienstag"));
  const dialog = await screen.findByRole("dialog", { name: "Zeiten kopieren: Dienstag" });
  for (const day of ["Mittwoch", "Donnerstag", "Sonntag"]) {
    await user.click(within(dialog).getByLabelText(day));
  }
  await user.click(within(dialog).getByRole("button", { name: "Zeiten kopieren" }));
  expect(said()).toHaveTextContent(
    "Die Zeiten von Dienstag sind auf Mittwoch, Donnerstag und Sonntag kopiert.",
  );
});

test("what is wrong is told in German, and counted", async () => {
  const { user } = visit("/app/availability");
  await screen.findByRole("group", { name: "Montag" });

  await user.clear(screen.getByLabelText("Minuten zwischen zwei Anfängen"));
  await user.click(button("Zeiten speichern"));

  expect(screen.getByText("Geben Sie eine ganze Zahl von 5 bis 1440 ein.")).toBeVisible();
  expect(screen.getByText("Oben muss erst 1 Stelle geändert werden.")).toBeVisible();
});

test("a calendar says in German what it blocks, and since when it cannot be read", async () => {
  const calendar: CalendarOut = {
    id: "cal_1",
    name: "Privat",
    host: "calendar.example.com",
    status: "failing",
    busy_times: 1,
    received_at: "2025-11-04T08:00:00Z",
    read_at: "2025-11-04T08:00:00Z",
    entries: 3,
    checked_at: "2025-11-05T09:30:00Z",
    next_check_at: null,
    failing_since: "2025-11-05T08:30:00Z",
    error: "The address answered 404.",
    left_out: ["One.", "Two."],
  };
  server.use(
    http.get(`${ME}/calendars`, () => HttpResponse.json({ items: [calendar] })),
    http.get(`${ORIGIN}/api/users/calendar-feed`, () =>
      HttpResponse.json({ active: true, created_at: "2025-11-03T08:00:00Z" }),
    ),
  );
  visit("/app/availability?tab=calendars");

  const row = await screen.findByRole("article", { name: "Privat" });
  expect(row).toHaveTextContent(
    "Von calendar.example.com, stündlich abgefragt. Er sperrt 1 Zeit bei Ihnen, Stand: Di., 4. Nov. 2025, 09:00 Berlin. Zuletzt abgefragt: Mi., 5. Nov. 2025, 10:30 Berlin.",
  );
  expect(row).toHaveTextContent(
    "Nicht lesbar seit Mi., 5. Nov. 2025, 09:30 Berlin. The address answered 404. Was vorher kam, gilt weiter.",
  );
  expect(row).toHaveTextContent("2 Einträge wurden ausgelassen");
  expect(within(row).getByRole("button", { name: "Entfernen: Privat" })).toBeVisible();
  expect(
    screen.getByText(/^Erstellt: Mo\., 3\. Nov\. 2025, 09:00 Berlin\. Sie wurde/),
  ).toBeVisible();
});
