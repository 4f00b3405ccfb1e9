import { Ban, EllipsisVertical, Flag, RotateCcw } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose, DialogContent, DialogFooter } from "@/components/ui/dialog";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { ErrorState } from "@/components/ui/error-state";
import { useBlock } from "@/features/messages/api/safety";
import { ReportForm } from "@/features/messages/components/report-form";
import type { ConversationOut, MessageOut } from "@/lib/api-types";
import { t } from "@/lib/i18n";
import { toast } from "@/lib/toast";

type SafetyMenuProps = { conversation: ConversationOut; messages: readonly MessageOut[] };

/** What protects its reader: to report, and to end the writing. */
export function SafetyMenu({ conversation, messages }: SafetyMenuProps) {
  const { id, with_name: withName, blocked } = conversation;
  const [asked, setAsked] = useState<"report" | "block" | null>(null);
  const block = useBlock(id);
  const close = () => setAsked(null);
  const begin = (what: "report" | "block") => {
    block.reset();
    setAsked(what);
  };

  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button
            variant="ghost"
            size="icon"
            aria-label={t("More about {name}", { name: withName })}
          >
            <EllipsisVertical aria-hidden="true" />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent>
          <DropdownMenuItem onSelect={() => begin("report")}>
            <Flag aria-hidden="true" />
            {t("Report …")}
          </DropdownMenuItem>
          <DropdownMenuItem onSelect={() => begin("block")}>
            {blocked ? <RotateCcw aria-hidden="true" /> : <Ban aria-hidden="true" />}
            {blocked ? t("Unblock …") : t("Block …")}
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      <Dialog open={asked === "report"} onOpenChange={(open) => (open ? null : close())}>
        <DialogContent
          title={t("Report {name}", { name: withName })}
          description={t("Our staff look at it and decide. The other person is never told.")}
        >
          <ReportForm conversation={conversation} messages={messages} onDone={close} />
        </DialogContent>
      </Dialog>
      <Dialog open={asked === "block"} onOpenChange={(open) => (open ? null : close())}>
        <DialogContent
          title={t(blocked ? "Unblock {name}?" : "Block {name}?", { name: withName })}
          description={
            blocked
              ? t("You can write to each other again, unless it is blocked in another way too.")
              : t(
                  "Neither of you can send messages here any more. What was written stays, and so do your sessions, but no new ones can be booked. You can unblock at any time.",
                )
          }
        >
          {block.isError ? <ErrorState error={block.error} /> : null}
          <DialogFooter>
            <DialogClose asChild>
              <Button variant="secondary">{blocked ? t("Keep it blocked") : t("Go back")}</Button>
            </DialogClose>
            <Button
              variant={blocked ? "primary" : "danger"}
              busy={block.isPending}
              onClick={() =>
                block.mutate(!blocked, {
                  onSuccess: () => {
                    toast.success(
                      t(blocked ? "{name} is not blocked any more." : "{name} is blocked.", {
                        name: withName,
                      }),
                    );
                    close();
                  },
                })
              }
            >
              {blocked ? t("Unblock") : t("Block")}
            </Button>
          </DialogFooter>
        </DialogContent>
      </Dialog>
    </>
  );
}
