import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";
import { formatMoney, type Money as Amount } from "@/lib/money";

type MoneyProps = Omit<ComponentProps<"span">, "children"> & { value: Amount; code?: boolean };

/** An amount with its currency, in figures of one width. */
export function Money({ value, code = true, className, ...props }: MoneyProps) {
  return (
    <span data-slot="money" className={cn("tabular whitespace-nowrap", className)} {...props}>
      {formatMoney(value, { code })}
    </span>
  );
}
