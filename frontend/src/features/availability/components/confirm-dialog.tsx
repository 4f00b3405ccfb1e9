import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { t } from "@/lib/i18n";

type ConfirmDialogProps = {
  open: boolean;
  title: string;
  about: ReactNode;
  /** What the button does. */
  action: string;
  busy: boolean;
  error: Error | null;
  onConfirm: () => void;
  onClose: () => void;
  /** The dialog has gone: where the focus goes. */
  onGone: () => void;
};

/** Says what happens before it happens. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, title, about, action, busy, error, onConfirm, onClose, onGone } = props;
  return (
    <Dialog open={open} onOpenChange={(still) => (still ? undefined : onClose())}>
      <DialogContent
        title={title}
        description={about}
        onCloseAutoFocus={(event) => {
          event.preventDefault();
          onGone();
        }}
      >
        {error === null ? null : <ErrorState error={error} title={t("That did not work")} />}
        <DialogFooter>
          <Button variant="secondary" onClick={onClose}>
            {t("Go back")}
          </Button>
          <Button variant="danger" busy={busy} onClick={onConfirm}>
            {action}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
