import type { HindranceOut } from "@/lib/api-types";

type HindrancesProps = { items: readonly Pick<HindranceOut, "what" | "do">[] };

/** What is open, each with what to do about it. */
export function Hindrances({ items }: HindrancesProps) {
  return (
    <ul className="mt-2 grid list-disc gap-1 pl-5">
      {items.map((one) => (
        <li key={one.what}>
          <span className="font-medium">{one.what}.</span> {one.do}
        </li>
      ))}
    </ul>
  );
}
