import { SendHorizontal } from "lucide-react";
import { type KeyboardEvent, useId, useRef } from "react";
import { Button } from "@/components/ui/button";
import { Textarea } from "@/components/ui/textarea";
import { t } from "@/lib/i18n";

export const LONGEST = 4000;

type ComposerProps = {
  label: string;
  text: string;
  onText: (text: string) => void;
  onSend: (text: string) => void;
  disabled?: boolean;
};

/** Enter sends where there is a keyboard, Shift and Enter begins a line; a thumb has the button. */
export function Composer({ label, text, onText, onSend, disabled = false }: ComposerProps) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const left = LONGEST - text.length;

  const send = () => {
    const said = text.trim();
    if (said === "" || left < 0 || disabled) return;
    onSend(said);
    onText("");
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const composing = event.nativeEvent.isComposing; // half a word of an input method
    const hasKeyboard = window.matchMedia("(pointer: fine)").matches;
    const wanted = event.metaKey || event.ctrlKey || (hasKeyboard && !event.shiftKey);
    if (event.key !== "Enter" || composing || !wanted) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      className="grid gap-1 border-t border-line pt-3"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <div className="flex items-end gap-2">
        <Textarea
          ref={field}
          id={id}
          rows={1}
          value={text}
          placeholder={label}
          aria-describedby={`${id}-left`}
          aria-invalid={left < 0 || undefined}
          onChange={(event) => onText(event.target.value)}
          onKeyDown={onKeyDown}
          className="max-h-40 min-h-11"
        />
        <Button type="submit" size="icon" aria-label={t("Send")} disabled={disabled}>
          <SendHorizontal aria-hidden="true" />
        </Button>
      </div>
      <p id={`${id}-left`} aria-live="polite" className="tabular text-sm text-danger">
        {left < 0
          ? t("{count} letters too many: a message has {longest} at most.", {
              count: -left,
              longest: LONGEST,
            })
          : null}
      </p>
    </form>
  );
}
