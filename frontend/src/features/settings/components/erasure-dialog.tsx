import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Hindrances } from "@/features/settings/components/hindrances";
import type { HindranceOut } from "@/lib/api-types";
import { msg, t } from "@/lib/i18n";

const GOES: readonly string[] = [
  msg("Your name, your e-mail address and every way to sign in"),
  msg("What you wrote: messages, reviews, goals and notes"),
  msg("Your public page with its portrait, if you have one"),
];

const STAYS: readonly string[] = [
  msg("Bookings, without your name: they are the other person's too"),
  msg("The books of what was paid: tax law wants them kept"),
  msg("The stars that you gave: they count for the mentor"),
  msg("What others wrote to you, without your full name: it is theirs"),
];

type ErasureDialogProps = {
  open: boolean;
  /** What is lost with the account and hinders nothing, such as credit. */
  lost: readonly HindranceOut[];
  onClose: () => void;
  onAsk: () => void;
};

/** What goes, what stays and why, before anything is asked for. */
export function ErasureDialog({ open, lost, onClose, onAsk }: ErasureDialogProps) {
  return (
    <Dialog open={open} onOpenChange={(still) => (still ? undefined : onClose())}>
      <DialogContent
        title={t("Erase your account?")}
        description={t(
          "You can take this back until it is carried out, within 30 days. Then it cannot be undone.",
        )}
      >
        <Listed title={t("What goes")} items={GOES} />
        <Listed title={t("What stays, and why")} items={STAYS} />
        {lost.length === 0 ? null : (
          <section>
            <h3 className="font-medium">{t("What you lose with it")}</h3>
            <Hindrances items={lost} />
          </section>
        )}
        <p className="text-sm text-ink-soft">
          {t("You want a copy first? Fetch it before: afterwards nobody can make one.")}
        </p>
        <DialogFooter>
          <Button variant="secondary" onClick={onClose}>
            {t("Keep my account")}
          </Button>
          <Button variant="danger" onClick={onAsk}>
            {t("Ask for the erasure")}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}

function Listed({ title, items }: { title: string; items: readonly string[] }) {
  return (
    <section>
      <h3 className="font-medium">{title}</h3>
      <ul className="mt-1 grid list-disc gap-1 pl-5">
        {items.map((words) => (
          <li key={words}>{t(words)}</li>
        ))}
      </ul>
    </section>
  );
}
