import { useEffect, useState } from "react";
import { appearance } from "@/features/checkout/appearance";

/** The gateway's appearance in our theme, and again whenever the theme changes. */
export function useAppearance() {
  const [shown, setShown] = useState(appearance);
  useEffect(() => {
    const again = () => setShown(appearance());
    const system = window.matchMedia("(prefers-color-scheme: dark)");
    const chosen = new MutationObserver(again);
    system.addEventListener("change", again);
    chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      system.removeEventListener("change", again);
      chosen.disconnect();
    };
  }, []);
  return shown;
}
