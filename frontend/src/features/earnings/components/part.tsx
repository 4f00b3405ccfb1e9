import { type ReactNode, useId } from "react";
import { Card } from "@/components/ui/card";

type PartProps = { title: string; beside?: ReactNode; children: ReactNode };

/** A titled part of the page on a card; `beside` the title stands what chooses or leads on. */
export function Part({ title, beside, children }: PartProps) {
  const id = useId();
  return (
    <Card className="min-w-0">
      <section aria-labelledby={id} className="grid min-w-0 gap-5">
        <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
          <h2 id={id} className="text-xl">
            {title}
          </h2>
          {beside}
        </div>
        {children}
      </section>
    </Card>
  );
}
