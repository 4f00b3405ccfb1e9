import { type ReactNode, useEffect, useRef } from "react";
import { cn } from "@/lib/cn";
import { t } from "@/lib/i18n";

// The first page that opens keeps the browser's own focus; every later one tells where we are.
let pagesOpened = 0;

type PageHeadingProps = {
  /** For the tab and the history. */
  title: string;
  children?: ReactNode;
  className?: string;
};

/** The page's h1 and its document title; takes the focus when the route has changed. */
export function PageHeading({ title, children, className }: PageHeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    pagesOpened += 1;
    if (pagesOpened > 1) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <>
      <title>{t("{title} · Counterfoil", { title })}</title>
      <h1 ref={heading} tabIndex={-1} className={cn("text-2xl sm:text-3xl", className)}>
        {children ?? title}
      </h1>
    </>
  );
}
