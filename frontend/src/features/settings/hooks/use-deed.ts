import { useState } from "react";
import { wasClosed } from "@/lib/passkeys";
import { hasCode } from "@/lib/problem";

type Asked = { methods: readonly string[]; again: () => Promise<void> };

export type Deed = {
  busy: boolean;
  failure: unknown;
  /** What proves the reader, where the API asks for a proof before it goes on. */
  asked: Asked | null;
  run: (deed: () => Promise<void>) => Promise<void>;
  dismiss: () => void;
};

/** One change at a time; where it needs a proof first, it is kept and done once that is there. */
export function useDeed(): Deed {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const [asked, setAsked] = useState<Asked | null>(null);

  const run = async (deed: () => Promise<void>) => {
    setBusy(true);
    setFailure(null);
    setAsked(null);
    try {
      await deed();
    } catch (error) {
      if (hasCode(error, "reauthentication_required")) {
        setAsked({ methods: methodsOf(error.more), again: () => run(deed) });
      } else if (!wasClosed(error)) {
        setFailure(error);
      }
    } finally {
      setBusy(false);
    }
  };
  return { busy, failure, asked, run, dismiss: () => setAsked(null) };
}

function methodsOf(more: Readonly<Record<string, unknown>>): string[] {
  const { methods } = more;
  return Array.isArray(methods) ? methods.filter((one) => typeof one === "string") : [];
}
