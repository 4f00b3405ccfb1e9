// The picture that the page brought of itself (templates/app/first), by its parts. It stands until
// the app draws the same with everything in it, so that words that are there do not go again.

const parts = new Map<string, string>();
let at = "";

const here = () => location.pathname + location.search;

/** Keep what is shown in `root`, before the app takes the place. */
export function keepPicture(root: ParentNode): void {
  at = here();
  for (const part of root.querySelectorAll<HTMLElement>("[data-picture]:not([hidden])")) {
    parts.set(part.dataset.picture ?? "", part.innerHTML);
  }
}

/** The markup of one part, which is the server's own; null where this page brought none. */
export function pictureOf(part: string): string | null {
  return here() === at ? (parts.get(part) ?? null) : null;
}

/** The page itself is there: what comes later is loading anew, and may be something else. */
export function forgetPicture(): void {
  parts.clear();
}
