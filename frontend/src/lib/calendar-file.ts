// A session as an iCalendar file (RFC 5545): instants in UTC, so that no zone has to be described.

import type { SessionOut } from "@/lib/api-types";
import { t } from "@/lib/i18n";

const LONGEST_LINE = 74; // octets, before the line is folded

/** The text of an `.ics` file with the one session; the same session has the same UID for ever. */
export function calendarFile(session: SessionOut, address: string): string {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Counterfoil//Session//EN",
    "METHOD:PUBLISH",
    "BEGIN:VEVENT",
    `UID:${session.id}@${new URL(address).hostname}`,
    `DTSTAMP:${stamp(session.confirmed_at ?? session.created_at)}`,
    `DTSTART:${stamp(session.starts_at)}`,
    `DTEND:${stamp(session.ends_at)}`,
    `SUMMARY:${escaped(
      t("{session} with {name}", {
        session: session.session_type.name,
        name: session.mentor.name,
      }),
    )}`,
    `DESCRIPTION:${escaped([session.goals, address].filter(Boolean).join("\n\n"))}`,
    `URL:${address}`,
    `STATUS:${session.status === "cancelled" ? "CANCELLED" : "CONFIRMED"}`,
    "END:VEVENT",
    "END:VCALENDAR",
  ];
  return `${lines.map(folded).join("\r\n")}\r\n`;
}

function stamp(instant: string): string {
  return new Date(instant)
    .toISOString()
    .replace(/\.\d{3}/, "")
    .replaceAll(/[-:]/g, "");
}

function escaped(text: string): string {
  return text.replaceAll(/([\\;,])/g, "\\$1").replaceAll(/\r?\n/g, "\\n");
}

/** Lines are at most 75 octets; what follows a fold begins with a space. */
function folded(line: string): string {
  const encoder = new TextEncoder();
  const parts: string[] = [];
  let part = "";
  let size = 0;
  for (const letter of line) {
    const octets = encoder.encode(letter).length;
    if (size + octets > LONGEST_LINE) {
      parts.push(part);
      part = " ";
      size = 1;
    }
    part += letter;
    size += octets;
  }
  return [...parts, part].join("\r\n");
}
