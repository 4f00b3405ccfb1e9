import { t } from "@/lib/i18n";

/** Beside the list, while no conversation is open: on a phone the list is all there is. */
export function ConversationsPage() {
  return (
    <p className="grid h-full place-items-center rounded-lg border-2 border-dashed border-line text-ink-soft">
      {t("Choose a conversation to read it here.")}
    </p>
  );
}
