import { ArrowRight } from "lucide-react";
import { type ReactNode, useId } from "react";
import { Link } from "react-router";
import { Card } from "@/components/ui/card";

/** What is looked at first, and beside it (on a phone below) what is good to know. */
export function Columns({ children, aside }: { children: ReactNode; aside: ReactNode }) {
  return (
    <div className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_19rem]">
      <div className="grid min-w-0 gap-8">{children}</div>
      <div className="grid min-w-0 gap-6">{aside}</div>
    </div>
  );
}

type PartProps = { title: string; to?: string; more?: string; children: ReactNode };

/** A titled part with the way to the rest of it. */
export function Part({ title, to, more, children }: PartProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="grid gap-4">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h2 id={id} className="text-xl">
          {title}
        </h2>
        {to === undefined ? null : (
          <Link
            to={to}
            className="inline-flex min-h-6 items-center gap-1 font-medium text-accent underline-offset-4 hover:underline"
          >
            {more}
            <ArrowRight aria-hidden="true" className="size-4" />
          </Link>
        )}
      </div>
      {children}
    </section>
  );
}

/** The same on a card. */
export function PartCard(props: PartProps) {
  return (
    <Card>
      <Part {...props} />
    </Card>
  );
}
