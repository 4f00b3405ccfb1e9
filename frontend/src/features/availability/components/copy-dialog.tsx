import { type SubmitEvent, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Label } from "@/components/ui/label";
import { weekdayName, weekdays } from "@/features/availability/words";
import { t } from "@/lib/i18n";

type CopyDialogProps = {
  /** The weekday whose hours are copied; null: closed. */
  from: number | null;
  onClose: () => void;
  onCopy: (from: number, to: readonly number[]) => void;
  /** The dialog has gone: the focus is to be put somewhere. */
  onGone: () => void;
};

/** To which days the hours of one go. */
export function CopyDialog({ from, onClose, onCopy, onGone }: CopyDialogProps) {
  return (
    <Dialog open={from !== null} onOpenChange={(open) => (open ? undefined : onClose())}>
      {from === null ? null : (
        <DialogContent
          title={t("Copy the hours of {day}", { day: weekdayName(from) })}
          description={t("They take the place of the hours of the days that you choose.")}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            onGone();
          }}
        >
          <Choice from={from} onCopy={(to) => onCopy(from, to)} onClose={onClose} />
        </DialogContent>
      )}
    </Dialog>
  );
}

type ChoiceProps = { from: number; onCopy: (to: readonly number[]) => void; onClose: () => void };

function Choice({ from, onCopy, onClose }: ChoiceProps) {
  const id = useId();
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const [missing, setMissing] = useState(false);
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    // The form of the hours lies around the dialog, though not on the page.
    event.stopPropagation();
    if (chosen.length === 0) setMissing(true);
    else onCopy(chosen.toSorted());
  };
  return (
    <form className="grid gap-4" onSubmit={send}>
      <fieldset className="grid gap-1">
        <legend className="sr-only">{t("Days")}</legend>
        {weekdays().map((day, weekday) =>
          weekday === from ? null : (
            <div key={day} className="flex min-h-11 items-center gap-3">
              <Checkbox
                id={`${id}-${weekday}`}
                checked={chosen.includes(weekday)}
                onCheckedChange={(on) =>
                  setChosen((old) =>
                    on === true ? [...old, weekday] : old.filter((one) => one !== weekday),
                  )
                }
              />
              <Label htmlFor={`${id}-${weekday}`} className="flex-1 py-2 text-base">
                {day}
              </Label>
            </div>
          ),
        )}
      </fieldset>
      <p aria-live="polite" className="text-sm text-danger">
        {missing && chosen.length === 0 ? t("Choose a day at least.") : null}
      </p>
      <DialogFooter>
        <Button variant="secondary" onClick={onClose}>
          {t("Go back")}
        </Button>
        <Button type="submit">{t("Copy the hours")}</Button>
      </DialogFooter>
    </form>
  );
}
