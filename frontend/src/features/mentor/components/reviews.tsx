import { Star } from "lucide-react";
import { EmptyState } from "@/components/ui/empty-state";
import { Rating } from "@/components/ui/rating";
import type { MentorDetail, ReviewOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { cn } from "@/lib/cn";
import { formatDay } from "@/lib/time";

/** What clients said after their sessions, and what the mentor answered. */
export function Reviews({ mentor }: { mentor: MentorDetail }) {
  return (
    <section aria-labelledby="reviews" className="grid gap-4">
      <div className="flex items-baseline gap-4">
        <h2 id="reviews" className="text-xl">
          Reviews
        </h2>
        {mentor.rating === null ? null : (
          <Rating value={mentor.rating} count={mentor.reviews_count} />
        )}
      </div>
      {mentor.reviews.length === 0 ? (
        <EmptyState title="No reviews yet">
          Only clients who had a session can write one.
        </EmptyState>
      ) : (
        <ul className="grid gap-5">
          {mentor.reviews.map((review) => (
            <li key={review.id}>
              <Review review={review} mentorName={mentor.name} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Review({ review, mentorName }: { review: ReviewOut; mentorName: string }) {
  const { time_zone: zone } = useUser();
  return (
    <article className="grid gap-2 border-t border-line pt-5">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Stars rating={review.rating} />
        <span className="font-medium">{review.author}</span>
        <time dateTime={review.created_at} className="text-sm text-ink-soft">
          {formatDay(review.created_at, zone)}
        </time>
      </p>
      {review.comment ? <p className="max-w-prose whitespace-pre-line">{review.comment}</p> : null}
      {review.reply === null ? null : (
        <div className="ml-4 grid max-w-prose gap-1 border-l-2 border-line pl-4">
          <p className="text-sm font-medium">{mentorName} answers</p>
          <p className="whitespace-pre-line text-ink-soft">{review.reply.text}</p>
        </div>
      )}
    </article>
  );
}

function Stars({ rating }: { rating: number }) {
  return (
    <span className="inline-flex gap-0.5">
      <span className="sr-only">{rating} of 5 stars</span>
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
