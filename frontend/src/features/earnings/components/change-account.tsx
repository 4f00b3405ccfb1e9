import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogTrigger } from "@/components/ui/dialog";
import { AccountForm } from "@/features/earnings/components/account-form";
import { t } from "@/lib/i18n";

/** Another destination in place of the one in use, on the version that was read. */
export function ChangeAccount({ tag }: { tag: string }) {
  return (
    <Dialog>
      <DialogTrigger asChild>
        <Button variant="ghost">{t("Use another account")}</Button>
      </DialogTrigger>
      <DialogContent
        title={t("Use another account?")}
        description={t(
          "The one in use is closed at once. The new one is paid some days after you open it, and we tell you by e-mail.",
        )}
      >
        <AccountForm tag={tag} />
      </DialogContent>
    </Dialog>
  );
}
