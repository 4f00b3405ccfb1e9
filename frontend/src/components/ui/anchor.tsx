import type { ComponentProps } from "react";

/** A link that leaves the app, for the words between two tags of `<Words>`. */
export function Anchor({ children, ...props }: ComponentProps<"a">) {
  return <a {...props}>{children}</a>;
}
