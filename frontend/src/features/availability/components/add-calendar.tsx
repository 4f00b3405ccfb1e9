import { type SubmitEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useAddCalendar } from "@/features/availability/api/calendars";
import { toldOf } from "@/features/availability/faults";
import { t } from "@/lib/i18n";

const LONGEST_NAME = 100;
const LONGEST_ADDRESS = 2_000;
const ADDRESS = /^(https|webcal):\/\/\S+$/i;
const PLACES = { "/name": "calendar-name", "/url": "calendar-url" };

type AddCalendarProps = {
  open: boolean;
  onClose: () => void;
  onAdded: (name: string) => void;
  onGone: () => void;
};

/** By its address; the one of the same name, if there is one, is replaced. */
export function AddCalendar({ open, onClose, onAdded, onGone }: AddCalendarProps) {
  return (
    <Dialog open={open} onOpenChange={(still) => (still ? undefined : onClose())}>
      <DialogContent
        title={t("Add a calendar")}
        description={t(
          "Give its public or secret address in iCalendar format, which often ends in .ics. You find it in the settings of that calendar, under sharing.",
        )}
        onCloseAutoFocus={(event) => {
          event.preventDefault();
          onGone();
        }}
      >
        {open ? <AddForm onClose={onClose} onAdded={onAdded} /> : null}
      </DialogContent>
    </Dialog>
  );
}

function AddForm({ onClose, onAdded }: Pick<AddCalendarProps, "onClose" | "onAdded">) {
  const add = useAddCalendar();
  const [name, setName] = useState("");
  const [url, setUrl] = useState("");
  const [tried, setTried] = useState(false);
  const told = toldOf(add.error, PLACES);
  const faults = {
    name: tried && name.trim() === "" ? t("Give it a name.") : told.faults["calendar-name"],
    url:
      tried && !ADDRESS.test(url.trim())
        ? t("Write an address that begins with https:// or webcal://.")
        : told.faults["calendar-url"],
  };
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() === "" || !ADDRESS.test(url.trim())) return;
    add.mutate(
      { name: name.trim(), url: url.trim() },
      {
        onSuccess: (made) => {
          onAdded(made.name);
          onClose();
        },
      },
    );
  };
  return (
    <form className="grid gap-4" onSubmit={send} noValidate>
      <Field
        label={t("Name")}
        hint={t("For yourself. The calendar of the same name, if you have one, is replaced.")}
        error={faults.name}
      >
        <Input
          value={name}
          maxLength={LONGEST_NAME}
          required
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <Field
        label={t("Address")}
        hint={t("We keep it secret: it is never shown again, not even to you.")}
        error={faults.url}
      >
        <Input
          type="url"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          value={url}
          maxLength={LONGEST_ADDRESS}
          required
          onChange={(event) => setUrl(event.target.value)}
        />
      </Field>
      {add.isError && !told.complete ? (
        <ErrorState error={add.error} title={t("The calendar was not added")} />
      ) : null}
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="secondary">{t("Go back")}</Button>
        </DialogClose>
        <Button type="submit" busy={add.isPending}>
          {t("Add the calendar")}
        </Button>
      </DialogFooter>
    </form>
  );
}
