import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

type PortraitProps = Omit<ComponentProps<"img">, "src" | "alt"> & {
  /** As the API names it: a photo, or the drawing made from the name. */
  url: string;
  size: number;
};

/** A mentor's picture. It says nothing to a screen reader: the name stands beside it. */
export function Portrait({ url, size, className, ...props }: PortraitProps) {
  return (
    <img
      data-slot="portrait"
      src={url}
      alt=""
      width={size}
      height={size}
      decoding="async"
      className={cn("shrink-0 rounded-md bg-quiet-bg object-cover", className)}
      style={{ width: size, height: size }}
      {...props}
    />
  );
}
