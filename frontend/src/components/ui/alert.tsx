import { cva, type VariantProps } from "class-variance-authority";
import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "@/lib/cn";

const alertVariants = cva("flex gap-3 rounded-md border-l-4 border-current p-4 text-[0.9375rem]", {
  variants: {
    tone: {
      info: "bg-info-bg text-info",
      success: "bg-success-bg text-success",
      warning: "bg-warning-bg text-warning",
      danger: "bg-danger-bg text-danger",
    },
  },
  defaultVariants: { tone: "info" },
});

const ICONS = { info: Info, success: CircleCheck, warning: TriangleAlert, danger: CircleAlert };

type AlertProps = Omit<ComponentProps<"div">, "title"> &
  VariantProps<typeof alertVariants> & { title?: ReactNode };

/** What happened and what to do next. Spoken at once when it is a warning or worse. */
export function Alert({ className, tone, title, children, ...props }: AlertProps) {
  const kind = tone ?? "info";
  const Icon = ICONS[kind];
  const urgent = kind === "danger" || kind === "warning";
  return (
    <div
      data-slot="alert"
      role={urgent ? "alert" : "status"}
      className={cn(alertVariants({ tone }), className)}
      {...props}
    >
      <Icon aria-hidden="true" className="mt-0.5 size-5 shrink-0" />
      <div className="grid min-w-0 gap-1">
        {title ? <p className="font-semibold">{title}</p> : null}
        <div className="text-ink [&_a]:underline [&_a]:underline-offset-4">{children}</div>
      </div>
    </div>
  );
}
