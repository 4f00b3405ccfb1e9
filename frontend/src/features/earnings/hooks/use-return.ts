import { useEffect, useRef } from "react";
import { useSearchParams } from "react-router";
import { useCheckAccount } from "@/features/earnings/api/payout-account";

/**
 * Back from the gateway's form, which leads here with `?account=asked`: what became of it is asked
 * once, because the gateway's own news may come later. The mark, and what the gateway adds to it,
 * leaves the address with the answer.
 */
export function useReturn() {
  const [search, setSearch] = useSearchParams();
  const back = search.get("account") === "asked";
  const check = useCheckAccount(() => setSearch({}, { replace: true, preventScrollReset: true }));
  const begun = useRef(false);
  const { mutate } = check;
  useEffect(() => {
    if (!back || begun.current) return;
    begun.current = true;
    mutate();
  }, [back, mutate]);
  return { waits: back, check };
}
