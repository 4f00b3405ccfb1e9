import { Star } from "lucide-react";
import { RadioGroup } from "radix-ui";
import { cn } from "@/lib/cn";
import { msg, t } from "@/lib/i18n";

export const STAR_WORDS = [
  msg("Poor"),
  msg("Fair"),
  msg("Good"),
  msg("Very good"),
  msg("Excellent"),
];

type StarChoiceProps = {
  value: number | null;
  onChange: (value: number) => void;
  /** Of the group's heading. */
  labelledBy: string;
};

/** One to five stars, each a target for a thumb; the words say what is chosen. */
export function StarChoice({ value, onChange, labelledBy }: StarChoiceProps) {
  return (
    <RadioGroup.Root
      data-slot="star-choice"
      aria-labelledby={labelledBy}
      value={value === null ? "" : String(value)}
      onValueChange={(chosen) => onChange(Number(chosen))}
      className="flex flex-wrap items-center"
    >
      {STAR_WORDS.map((word, place) => (
        <RadioGroup.Item
          key={word}
          value={String(place + 1)}
          aria-label={`${place + 1}, ${t(word).toLowerCase()}`}
          className="flex size-11 items-center justify-center rounded-md text-stamp hover:bg-sunk"
        >
          <Star
            aria-hidden="true"
            className={cn("size-6", value !== null && place < value && "fill-stamp")}
          />
        </RadioGroup.Item>
      ))}
      <span aria-hidden="true" className="ml-2 text-sm text-ink-soft">
        {value === null ? null : t(STAR_WORDS[value - 1] ?? "")}
      </span>
    </RadioGroup.Root>
  );
}
