import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogTrigger } from "@/components/ui/dialog";
import { AccountForm } from "@/features/earnings/components/account-form";

/** Another destination in place of the one in use, on the version that was read. */
export function ChangeAccount({ tag }: { tag: string }) {
  return (
    <Dialog>
      <DialogTrigger asChild>
        <Button variant="ghost">Use another account</Button>
      </DialogTrigger>
      <DialogContent
        title="Use another account?"
        description="The one in use is closed at once. The new one is paid some days after you open it, and we tell you by e-mail."
      >
        <AccountForm tag={tag} />
      </DialogContent>
    </Dialog>
  );
}
