/** Beside the list, while no conversation is open: on a phone the list is all there is. */
export function ConversationsPage() {
  return (
    <p className="grid h-full place-items-center rounded-lg border-2 border-dashed border-line text-ink-soft">
      Choose a conversation to read it here.
    </p>
  );
}
