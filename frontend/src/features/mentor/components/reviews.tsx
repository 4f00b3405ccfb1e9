import { EmptyState } from "@/components/ui/empty-state";
import { Rating } from "@/components/ui/rating";
import { Review } from "@/features/mentor/components/review";
import type { MentorDetail } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";

/** What clients said after their sessions, and what the mentor answered. */
export function Reviews({ mentor }: { mentor: MentorDetail }) {
  const own = useUser().mentor?.slug === mentor.slug;
  return (
    <section aria-labelledby="reviews" className="grid gap-4">
      <div className="flex items-baseline gap-4">
        <h2 id="reviews" className="text-xl">
          {t("Reviews")}
        </h2>
        {mentor.rating === null ? null : (
          <Rating value={mentor.rating} count={mentor.reviews_count} />
        )}
      </div>
      {mentor.reviews.length === 0 ? (
        <EmptyState title={t("No reviews yet")}>
          {t("Only clients who had a session can write one.")}
        </EmptyState>
      ) : (
        <ul className="grid gap-5">
          {mentor.reviews.map((review) => (
            <li key={review.id}>
              <Review review={review} mentorName={mentor.name} own={own} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
