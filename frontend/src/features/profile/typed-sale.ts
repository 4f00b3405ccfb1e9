// What a mentor typed of a package or a group: the body of the request, or what is wrong with it.

import type { GroupTypeRequest, OfferRequest } from "@/lib/api-types";
import { t } from "@/lib/i18n";
import { parseMoney } from "@/lib/money";

const MOST_SESSIONS = 100;
const LONGEST_DAYS = 1_095;
const MOST_SEATS = 500;

export type Faults<Typed> = Partial<Record<keyof Typed, string>>;
export type Read<Body, Typed> = { value?: Body; faults: Faults<Typed> };

export type TypedPackage = { type: string; sessions: string; price: string; days: string };
export type TypedGroup = {
  name: string;
  minutes: string;
  price: string;
  seats: string;
  minimum: string;
};

/** The currency is the session's. */
export function readPackage(
  typed: TypedPackage,
  currency: string,
): Read<OfferRequest, TypedPackage> {
  const sessions = whole(typed.sessions);
  const days = whole(typed.days);
  const price = parseMoney(typed.price, currency);
  const faults: Faults<TypedPackage> = {};
  if (sessions < 2 || sessions > MOST_SESSIONS) faults.sessions = between(2, MOST_SESSIONS);
  if (days < 1 || days > LONGEST_DAYS) faults.days = between(1, LONGEST_DAYS);
  if (price === null || price < sessions) faults.price = amount();
  if (price === null || Object.keys(faults).length > 0) return { faults };
  const body = { session_type: typed.type, sessions, price_minor: price, valid_days: days };
  return { value: body, faults };
}

export function readGroup(typed: TypedGroup, currency: string): Read<GroupTypeRequest, TypedGroup> {
  const minutes = whole(typed.minutes);
  const capacity = whole(typed.seats);
  const minimum = whole(typed.minimum);
  const price = parseMoney(typed.price, currency);
  const faults: Faults<TypedGroup> = {};
  if (typed.name.trim() === "") faults.name = t("Give it a name.");
  if (minutes < 5 || minutes > 1_440) faults.minutes = between(5, 1_440);
  if (capacity < 2 || capacity > MOST_SEATS) faults.seats = between(2, MOST_SEATS);
  if (minimum < 1 || minimum > Math.max(1, capacity)) {
    faults.minimum = between(1, Math.max(1, capacity));
  }
  if (price === null || price <= 0) faults.price = amount();
  if (price === null || Object.keys(faults).length > 0) return { faults };
  return {
    value: {
      name: typed.name.trim(),
      duration_minutes: minutes,
      price_minor: price,
      currency,
      capacity,
      minimum,
      cutoff_minutes: 1_440,
    },
    faults,
  };
}

function whole(text: string): number {
  return /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
}

function between(least: number, most: number): string {
  return t("Write a whole number, from {least} to {most}.", { least, most });
}

function amount(): string {
  return t("Write an amount, such as 80 or 80.50.");
}
