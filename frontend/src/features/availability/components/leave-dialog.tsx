import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { SAVE_ID } from "@/features/availability/components/save-area";
import { useLeaveWarning } from "@/features/availability/hooks/use-leave-warning";
import { t } from "@/lib/i18n";

/** Between the person and another page, while something is not saved. */
export function LeaveDialog({ unsaved }: { unsaved: boolean }) {
  const leaving = useLeaveWarning(unsaved);
  const stay = () => leaving.reset?.();
  return (
    <Dialog open={leaving.state === "blocked"} onOpenChange={(open) => (open ? undefined : stay())}>
      <DialogContent
        title={t("Your hours are not saved")}
        description={t(
          "Clients do not see your changes. They wait in this tab until you come back to this page, save or discard them, or sign out.",
        )}
        onCloseAutoFocus={(event) => {
          event.preventDefault();
          const place = document.getElementById(SAVE_ID) ?? document.querySelector("h1");
          place?.focus();
        }}
      >
        <DialogFooter>
          <Button variant="secondary" onClick={() => leaving.proceed?.()}>
            {t("Leave without saving")}
          </Button>
          <Button onClick={stay}>{t("Stay here")}</Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
