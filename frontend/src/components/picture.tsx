import type { ReactNode } from "react";
import { pictureOf } from "@/lib/picture";

type PictureProps = {
  /** The part of the picture that the page brought. */
  of: string;
  className?: string;
  /** Where it brought none. */
  otherwise: ReactNode;
};

/** What the page showed before the app was there, while the app still waits for what it will show. */
export function Picture({ of, className, otherwise }: PictureProps) {
  const markup = pictureOf(of);
  if (markup === null) return otherwise;
  return (
    <div aria-hidden="true" className={className} dangerouslySetInnerHTML={{ __html: markup }} />
  );
}
