import { Star } from "lucide-react";
import type { ReactNode } from "react";
import { ReportReview } from "@/features/mentor/components/report-review";
import type { ReviewOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { cn } from "@/lib/cn";
import { msg, t } from "@/lib/i18n";
import { formatDay } from "@/lib/time";

type ReviewProps = {
  review: ReviewOut;
  mentorName: string;
  /** Of whose reply the reader is the author: nobody reports their own words. */
  own?: boolean;
  /** Below it: a way to answer. */
  children?: ReactNode;
};

const SCORES = [
  { name: "preparation", words: msg("preparation {stars} of 5") },
  { name: "clarity", words: msg("clarity {stars} of 5") },
  { name: "usefulness", words: msg("usefulness {stars} of 5") },
] as const;

/** What a client said after a session, and what the mentor answered; either can be reported. */
export function Review({ review, mentorName, own = false, children }: ReviewProps) {
  const { time_zone: zone } = useUser();
  const scores = SCORES.filter(({ name }) => review[name] !== null);
  return (
    <article className="grid gap-2 border-t border-line pt-5">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Stars rating={review.rating} />
        <span className="font-medium">{review.author}</span>
        <time dateTime={review.created_at} className="text-sm text-ink-soft">
          {formatDay(review.created_at, zone)}
        </time>
        <ReportReview id={review.id} part="review" of={review.author} />
      </p>
      {scores.length > 0 ? (
        <p className="tabular flex flex-wrap gap-x-4 text-sm text-ink-soft">
          {scores.map(({ name, words }) => (
            <span key={name} className="first-letter:uppercase">
              {t(words, { stars: review[name] ?? 0 })}
            </span>
          ))}
        </p>
      ) : null}
      {review.comment ? <p className="max-w-prose whitespace-pre-line">{review.comment}</p> : null}
      {review.reply === null ? null : (
        <div className="ml-4 grid max-w-prose gap-1 border-l-2 border-line pl-4">
          <p className="flex flex-wrap items-center gap-x-3 text-sm font-medium">
            {own ? t("You answered") : t("{name} answers", { name: mentorName })}
            {own ? null : <ReportReview id={review.id} part="reply" of={mentorName} />}
          </p>
          <p className="whitespace-pre-line text-ink-soft">{review.reply.text}</p>
        </div>
      )}
      {children}
    </article>
  );
}

function Stars({ rating }: { rating: number }) {
  return (
    <span className="inline-flex gap-0.5">
      <span className="sr-only">{t("{rating} of 5 stars", { rating })}</span>
      {[1, 2, 3, 4, 5].map((star) => (
        <Star
          key={star}
          aria-hidden="true"
          className={cn("size-4 text-stamp", star <= rating && "fill-stamp")}
        />
      ))}
    </span>
  );
}
