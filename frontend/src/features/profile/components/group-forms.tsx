import { type SubmitEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { DialogClose, DialogFooter } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Textarea } from "@/components/ui/textarea";
import {
  useMakeGroupType,
  useOfferMeeting,
  useWithdrawMeeting,
} from "@/features/profile/api/selling";
import { readGroup } from "@/features/profile/typed-sale";
import type { OwnOffer } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { serverNow } from "@/lib/clock";
import { instantOf, localOf } from "@/lib/days";
import { t } from "@/lib/i18n";
import { cityOf } from "@/lib/time";
import { toast } from "@/lib/toast";

type Done = { onDone: () => void };
const LONGEST_NAME = 120;
const LONGEST_REASON = 500;
const WEEK_MS = 7 * 86_400_000;

/** A new kind of group; its currency is that of the mentor's sessions. */
export function GroupForm({ currency, onDone }: Done & { currency: string }) {
  const make = useMakeGroupType();
  const [typed, setTyped] = useState({
    name: "",
    minutes: "60",
    price: "",
    seats: "6",
    minimum: "2",
  });
  const [tried, setTried] = useState(false);
  const { value, faults } = readGroup(typed, currency);
  const field = (name: keyof typeof typed) => ({
    value: typed[name],
    onChange: (event: { target: { value: string } }) =>
      setTyped((old) => ({ ...old, [name]: event.target.value })),
  });
  const told = (name: keyof typeof typed) => (tried ? faults[name] : undefined);
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (value === undefined) return;
    make.mutate(value, {
      onSuccess: () => {
        toast.success(t("The group is there. Offer its first meeting."));
        onDone();
      },
    });
  };
  return (
    <form className="grid gap-4" onSubmit={send} noValidate>
      <Field label={t("Name")} error={told("name")}>
        <Input {...field("name")} maxLength={LONGEST_NAME} />
      </Field>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Field label={t("Length in minutes")} error={told("minutes")}>
          <Input {...field("minutes")} inputMode="numeric" />
        </Field>
        <Field label={t("Price of a seat, in {currency}", { currency })} error={told("price")}>
          <Input {...field("price")} inputMode="decimal" className="tabular text-right" />
        </Field>
        <Field label={t("Seats")} error={told("seats")}>
          <Input {...field("seats")} inputMode="numeric" />
        </Field>
        <Field label={t("Fewest seats")} error={told("minimum")}>
          <Input {...field("minimum")} inputMode="numeric" />
        </Field>
      </div>
      {make.isError ? <ErrorState error={make.error} title={t("Nothing was saved")} /> : null}
      <Footer busy={make.isPending} save={t("Make the group")} />
    </form>
  );
}

/** A meeting at any instant, inside the own hours or not. */
export function MeetingForm({ groups, onDone }: Done & { groups: readonly OwnOffer[] }) {
  const { time_zone: zone } = useUser();
  const offer = useOfferMeeting();
  const [type, setType] = useState(groups[0]?.id ?? "");
  const [local, setLocal] = useState(
    () => `${localOf(new Date(serverNow() + WEEK_MS), zone).slice(0, 10)}T18:00`,
  );
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    if (local === "") return;
    offer.mutate(
      { session_type: type, starts_at: instantOf(local, zone) },
      {
        onSuccess: () => {
          toast.success(t("Visitors can book the meeting now."));
          onDone();
        },
      },
    );
  };
  return (
    <form className="grid gap-4" onSubmit={send} noValidate>
      <Field label={t("Group")}>
        <Select value={type} onChange={(event) => setType(event.target.value)}>
          {groups.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
      <Field
        label={t("When it begins")}
        hint={t("In {city} time; it may lie outside of your hours.", { city: cityOf(zone) })}
      >
        <Input
          type="datetime-local"
          value={local}
          required
          onChange={(event) => setLocal(event.target.value)}
        />
      </Field>
      {offer.isError ? <ErrorState error={offer.error} title={t("Nothing was saved")} /> : null}
      <Footer busy={offer.isPending} save={t("Offer it")} />
    </form>
  );
}

export function WithdrawForm({ id, onDone }: Done & { id: string }) {
  const withdraw = useWithdrawMeeting(id);
  const [reason, setReason] = useState("");
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    withdraw.mutate(
      { reason: reason.trim() },
      {
        onSuccess: () => {
          toast.success(t("The meeting is withdrawn; everybody gets everything back."));
          onDone();
        },
      },
    );
  };
  return (
    <form className="grid gap-4" onSubmit={send}>
      <p>{t("Everybody who booked gets everything back, and reads your reason.")}</p>
      <Field label={t("Reason for those who booked")} optional>
        <Textarea
          value={reason}
          maxLength={LONGEST_REASON}
          onChange={(event) => setReason(event.target.value)}
        />
      </Field>
      {withdraw.isError ? <ErrorState error={withdraw.error} /> : null}
      <Footer busy={withdraw.isPending} save={t("Withdraw the meeting")} danger />
    </form>
  );
}

type FooterProps = { busy: boolean; save: string; danger?: boolean };

function Footer({ busy, save, danger = false }: FooterProps) {
  return (
    <DialogFooter>
      <DialogClose asChild>
        <Button variant="secondary">{t("Go back")}</Button>
      </DialogClose>
      <Button type="submit" variant={danger ? "danger" : "primary"} busy={busy}>
        {save}
      </Button>
    </DialogFooter>
  );
}
