import { useState } from "react";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogFooter,
  DialogTrigger,
} from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { useGiveBack } from "@/features/packages/api/packages";
import type { PackageOut } from "@/lib/api-types";
import { t } from "@/lib/i18n";
import { formatMoney } from "@/lib/money";
import { toast } from "@/lib/toast";

/** Closing a package tells first what comes back, and that what is booked stays. */
export function GiveBackDialog({ bought, name }: { bought: PackageOut; name: string }) {
  const [open, setOpen] = useState(false);
  const back = useGiveBack(bought.id);
  const amount = formatMoney(bought.unused);
  return (
    <Dialog
      open={open}
      onOpenChange={(wanted) => {
        back.reset();
        setOpen(wanted);
      }}
    >
      <DialogTrigger asChild>
        <Button variant="ghost" size="sm" aria-label={t("Give back: {name}", { name })}>
          {t("Give back")}
        </Button>
      </DialogTrigger>
      <DialogContent
        title={t("Give the package back?")}
        description={t("{package} with {name}", { package: name, name: bought.mentor.name })}
      >
        <div className="grid gap-1">
          <p className="font-serif text-2xl font-semibold">
            {t("You get {amount} back", { amount })}
          </p>
          <p className="text-ink-soft">
            {t("The package is closed then. Sessions that it has paid for stay booked.")}
          </p>
        </div>
        {back.isError ? <ErrorState error={back.error} /> : null}
        <DialogFooter>
          <DialogClose asChild>
            <Button variant="secondary">{t("Keep the package")}</Button>
          </DialogClose>
          <Button
            variant="danger"
            busy={back.isPending}
            onClick={() =>
              back.mutate(undefined, {
                onSuccess: () => {
                  toast.success(t("The package is closed; {amount} is on its way.", { amount }));
                  setOpen(false);
                },
              })
            }
          >
            {t("Give back and refund {amount}", {
              amount: formatMoney(bought.unused, { code: false }),
            })}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
