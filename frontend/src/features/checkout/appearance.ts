// The card fields lie in the gateway's frame and cannot read our tokens: they are told them, as
// plain colours of the theme that is shown.

import type { Appearance, CustomFontSource } from "@stripe/stripe-js";

/** A token's colour as the browser resolves it: tokens are written with light-dark(). */
function colour(probe: HTMLElement, token: string): string {
  probe.style.color = `var(--cf-${token})`;
  return getComputedStyle(probe).color;
}

export function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "dark" || chosen === "light") return chosen === "dark";
  return window.matchMedia("(prefers-color-scheme: dark)").matches;
}

export function appearance(): Appearance {
  const probe = document.createElement("span");
  // Under reduced motion everything has a (minimal) transition, which begins at the last colour.
  probe.style.transition = "none";
  document.body.append(probe);
  const of = (token: string) => colour(probe, token);
  const edge = of("line-strong");
  const variables = {
    colorPrimary: of("accent"),
    colorBackground: of("card"),
    colorText: of("ink"),
    colorTextSecondary: of("ink-soft"),
    colorTextPlaceholder: of("ink-soft"),
    colorDanger: of("danger"),
    fontFamily: "Inter, system-ui, sans-serif",
    fontSizeBase: "16px",
    borderRadius: "8px",
    spacingUnit: "4px",
  };
  probe.remove();
  return {
    theme: isDark() ? "night" : "stripe",
    variables,
    rules: {
      ".Input": { border: `1px solid ${edge}`, boxShadow: "none", padding: "10px 12px" },
      ".Label": { fontWeight: "500" },
    },
  };
}

/** Our own sans for the gateway's frame, from the style sheet's own address of it. */
export function fonts(): CustomFontSource[] {
  const source = sourceOf("Inter");
  return source === null ? [] : [{ family: "Inter", src: source, weight: "100 900" }];
}

function sourceOf(family: string): string | null {
  for (const sheet of document.styleSheets) {
    for (const rule of sheet.cssRules) {
      if (!(rule instanceof CSSFontFaceRule)) continue;
      if (rule.style.getPropertyValue("font-family").replaceAll('"', "") !== family) continue;
      const address = /url\("?([^")]+)"?\)/.exec(rule.style.getPropertyValue("src"))?.[1];
      if (address !== undefined)
        return `url(${new URL(address, sheet.href ?? location.href).href})`;
    }
  }
  return null;
}
