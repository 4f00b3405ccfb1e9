import { Copy, ExternalLink } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { CalendarFeedMade } from "@/lib/api-types";
import { msg, t } from "@/lib/i18n";

const TOLD = {
  no: "",
  yes: msg("The address is copied."),
  failed: msg(
    "Your browser does not let this page copy. The address is selected: copy it yourself.",
  ),
} as const;

/** Shown once, right after it was made. */
export function FeedAddress({ made }: { made: CalendarFeedMade }) {
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState<keyof typeof TOLD>("no");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(made.url);
      setCopied("yes");
    } catch {
      field.current?.select();
      setCopied("failed");
    }
  };
  return (
    <div className="grid gap-3">
      <Field label={t("The address")} hint={t("It is shown this once. Copy it now.")}>
        <Input
          ref={field}
          readOnly
          value={made.url}
          className="font-mono text-sm"
          onFocus={(event) => event.target.select()}
        />
      </Field>
      <div className="flex flex-wrap items-center gap-2">
        <Button variant="secondary" onClick={() => void copy()}>
          <Copy aria-hidden="true" />
          {t("Copy the address")}
        </Button>
        <Button variant="ghost" asChild>
          <a href={made.webcal_url}>
            <ExternalLink aria-hidden="true" />
            {t("Open it in my calendar")}
          </a>
        </Button>
      </div>
      <p role="status" className="text-sm text-ink-soft">
        {t(TOLD[copied])}
      </p>
    </div>
  );
}
