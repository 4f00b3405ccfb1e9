import { useEffect, useState } from "react";
import { useLocation, useSearchParams } from "react-router";

type Mailed = { email: string; code: string };

/**
 * What the mail's link carries behind `#` (`#email=…&code=…`), else the query's `email`. The code
 * is taken out of the address at once: it is a secret and belongs in no history.
 */
export function useMailed(): Mailed {
  const { hash, pathname } = useLocation();
  const [search] = useSearchParams();
  const [mailed] = useState<Mailed>(() => {
    const fragment = new URLSearchParams(hash.slice(1));
    return {
      email: fragment.get("email") ?? search.get("email") ?? "",
      code: fragment.get("code") ?? "",
    };
  });
  useEffect(() => {
    if (mailed.code === "") return;
    const kept = new URLSearchParams(location.search);
    kept.set("email", mailed.email);
    history.replaceState(history.state, "", `${pathname}?${kept.toString()}`);
  }, [mailed, pathname]);
  return mailed;
}
