import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useSaveAvailability } from "@/features/availability/api/availability";
import { type Draft, draftOf, outgoing, saysTheSame } from "@/features/availability/draft";
import { type Faults, faultsOf, toldOf } from "@/features/availability/faults";
import type { AvailabilityOut, AvailabilitySaved } from "@/lib/api-types";
import { serverNow } from "@/lib/clock";
import { t } from "@/lib/i18n";
import { hasCode } from "@/lib/problem";
import type { Tagged } from "@/lib/tagged";
import { typed } from "@/lib/typed";

type Kept = { tag: string; draft: Draft };

export type Editor = {
  draft: Draft;
  faults: Faults;
  unsaved: boolean;
  busy: boolean;
  /** What went wrong, where the fields do not say all of it. */
  error: Error | null;
  /** What is told to who cannot see it: the last change. */
  said: string;
  keptGaps: AvailabilitySaved["kept_gaps"];
  /** Change it, say so, and move the focus to the control of that id. */
  edit: (change: (draft: Draft) => Draft, told?: { say: string; focus: string }) => void;
  save: () => void;
  /** Drop what was typed for what was read. */
  startFrom: (read: Tagged<AvailabilityOut>) => void;
  discard: () => void;
};

/**
 * The hours while they are changed. What is not saved is kept in this tab under `place`, with the
 * version that it rests on; it goes when it is saved, discarded, or the person signs out.
 */
export function useEditor(found: Tagged<AvailabilityOut>, place: string): Editor {
  const [base, setBase] = useState(found);
  const [{ draft, tag }, setKept] = useState(() => restored(place, found) ?? fresh(found));
  const [tried, setTried] = useState(false);
  const [said, setSaid] = useState("");
  const { mutate, reset, data: saved, error, isPending, variables } = useSaveAvailability();
  const { focusOn, focusOnFault } = useFocus();

  const first = useMemo(() => draftOf(base.data, new Date(serverNow())), [base]);
  const unsaved = !saysTheSame(first, draft);
  useEffect(() => {
    typed.keep(place, unsaved ? JSON.stringify({ tag, draft } satisfies Kept) : "");
  }, [place, unsaved, tag, draft]);

  const told = useMemo(() => toldOf(error, variables?.places ?? {}), [error, variables]);
  const faults = useMemo(
    () => ({ ...told.faults, ...(tried && !isPending ? faultsOf(draft) : {}) }),
    [told, tried, isPending, draft],
  );
  useEffect(() => focusOnFault(Object.keys(told.faults)), [told, focusOnFault]);

  const edit = useCallback<Editor["edit"]>(
    (change, after) => {
      setKept((old) => ({ ...old, draft: change(old.draft) }));
      // A conflict stands until the newest version is read; all else is about what was sent.
      // While it is on its way it is waited for, or its version would be missed.
      if (!isPending && !hasCode(error, "precondition_failed")) reset();
      setSaid(after?.say ?? "");
      if (after !== undefined) focusOn(after.focus);
    },
    [error, isPending, reset, focusOn],
  );
  const startFrom = (read: Tagged<AvailabilityOut>) => {
    setBase(read);
    setKept(fresh(read));
    setTried(false);
  };
  const save = () => {
    const wrong = Object.keys(faultsOf(draft));
    setTried(true);
    if (wrong.length > 0) {
      setSaid(t("Nothing was saved: something has to be changed first."));
      focusOnFault(wrong);
    } else if (!unsaved) {
      setSaid(t("Nothing is changed, so there is nothing to save."));
    } else {
      setSaid("");
      mutate(
        { ...outgoing(draft), tag },
        {
          onSuccess: (answer) => {
            setBase(answer);
            setKept((old) => afterSaving(old.draft, draft, answer));
            setTried(false);
            setSaid(t("Saved. Clients book by these hours from now on."));
          },
        },
      );
    }
  };
  return {
    draft,
    faults,
    unsaved,
    busy: isPending,
    error: told.complete ? null : error,
    said,
    keptGaps: saved?.data.kept_gaps ?? [],
    edit,
    save,
    startFrom: (read) => {
      reset();
      startFrom(read);
      setSaid(t("This is the newest version."));
    },
    discard: () => {
      reset();
      startFrom(base);
      setSaid(t("Your changes are discarded."));
    },
  };
}

function fresh(read: Tagged<AvailabilityOut>): Kept {
  return { tag: read.tag, draft: draftOf(read.data, new Date(serverNow())) };
}

/**
 * The new version, without a change of what is on the screen: what was typed meanwhile stays, and
 * so do the rows that say what was saved, or the focus in one of them would be lost.
 */
function afterSaving(now: Draft, sent: Draft, saved: Tagged<AvailabilityOut>): Kept {
  const read = fresh(saved);
  return now !== sent || saysTheSame(now, read.draft) ? { ...read, draft: now } : read;
}

/** What was kept, if it says something else than what was read. */
function restored(place: string, read: Tagged<AvailabilityOut>): Kept | null {
  try {
    const { draft, tag } = JSON.parse(typed.read(place)) as Partial<Kept>;
    if (draft === undefined || tag === undefined) return null;
    return saysTheSame(draft, fresh(read).draft) ? null : { tag, draft };
  } catch {
    return null;
  }
}

/** Moves the focus once the change is on the screen. */
function useFocus() {
  const wanted = useRef<string | null>(null);
  useEffect(() => {
    if (wanted.current === null) return;
    document.getElementById(wanted.current)?.focus();
    wanted.current = null;
  });
  const focusOn = useCallback((id: string) => {
    wanted.current = id;
  }, []);
  /** The fault that stands first on the screen. */
  const focusOnFault = useCallback((ids: readonly string[]) => {
    const [first] = ids
      .map((id) => document.getElementById(id))
      .filter((control) => control !== null)
      .toSorted((one, other) =>
        one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1,
      );
    first?.focus();
  }, []);
  return { focusOn, focusOnFault };
}
