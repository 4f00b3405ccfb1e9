import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Input } from "@/components/ui/input";
import { cn } from "@/lib/cn";
import { t } from "@/lib/i18n";

const PAUSE_MS = 300;

type SearchBoxProps = { value: string; onSearch: (text: string) => void; className?: string };

/** Searches when the typing pauses, and at once by Enter. Follows the address when it changes. */
export function SearchBox({ value, onSearch, className }: SearchBoxProps) {
  const [text, setText] = useState(value);
  const sent = useRef(value);

  useEffect(() => {
    if (value !== sent.current) {
      sent.current = value;
      setText(value);
    }
  }, [value]);

  useEffect(() => {
    if (text.trim() === sent.current) return undefined;
    const timer = setTimeout(() => {
      sent.current = text.trim();
      onSearch(sent.current);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, onSearch]);

  const now = () => {
    sent.current = text.trim();
    onSearch(sent.current);
  };

  return (
    <form
      role="search"
      className={cn("relative", className)}
      onSubmit={(event) => {
        event.preventDefault();
        now();
      }}
    >
      <Search
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 left-3 size-5 -translate-y-1/2 text-ink-soft"
      />
      <Input
        type="search"
        enterKeyHint="search"
        aria-label={t("Search mentors by name or topic")}
        placeholder={t("Name or topic")}
        maxLength={200}
        value={text}
        onChange={(event) => setText(event.target.value)}
        className="pl-10"
      />
    </form>
  );
}
