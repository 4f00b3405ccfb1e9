import { type SubmitEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogFooter,
  DialogTrigger,
} from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { STAR_WORDS, StarChoice } from "@/components/ui/star-choice";
import { Textarea } from "@/components/ui/textarea";
import { useReview } from "@/features/sessions/api/sessions";
import type { SessionOut } from "@/lib/api-types";
import { msg, t } from "@/lib/i18n";
import { toast } from "@/lib/toast";

const LONGEST_COMMENT = 2_000;

const PARTS = [
  { name: "preparation", label: msg("Preparation") },
  { name: "clarity", label: msg("Clarity") },
  { name: "usefulness", label: msg("Usefulness") },
] as const;
type Scores = Partial<Record<(typeof PARTS)[number]["name"], number>>;

/** How a completed session was: once, and public. */
export function ReviewDialog({ session }: { session: SessionOut }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button>{t("Review the session")}</Button>
      </DialogTrigger>
      <DialogContent
        title={t("How was it?")}
        description={t(
          "Everybody can read it on {name}’s page, with your first name. It is not changed afterwards.",
          { name: session.mentor.name },
        )}
      >
        {open ? <ReviewForm session={session} onDone={() => setOpen(false)} /> : null}
      </DialogContent>
    </Dialog>
  );
}

function ReviewForm({ session, onDone }: { session: SessionOut; onDone: () => void }) {
  const review = useReview(session.id);
  const [rating, setRating] = useState<number | null>(null);
  const [scores, setScores] = useState<Scores>({});
  const [comment, setComment] = useState("");
  const [tried, setTried] = useState(false);

  const send = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (rating === null) return;
    review.mutate(
      { rating, ...scores, comment: comment.trim() },
      {
        onSuccess: () => {
          toast.success(t("Your review is public. Thank you."));
          onDone();
        },
      },
    );
  };
  return (
    <form className="grid gap-4" onSubmit={send} noValidate>
      <div className="grid gap-1">
        <p id="rating" className="font-medium">
          {t("In all")}
        </p>
        <StarChoice value={rating} onChange={setRating} labelledBy="rating" />
        <p aria-live="polite" className="text-sm text-danger">
          {tried && rating === null ? t("Choose one to five stars.") : null}
        </p>
      </div>
      <div className="grid gap-3 sm:grid-cols-3">
        {PARTS.map(({ name, label }) => (
          <Field key={name} label={t(label)} optional>
            <Select
              value={scores[name] ?? ""}
              onChange={({ target: { value } }) =>
                setScores({ ...scores, [name]: value === "" ? undefined : Number(value) })
              }
            >
              <option value="">–</option>
              {STAR_WORDS.map((word, place) => (
                <option key={word} value={place + 1}>
                  {place + 1} {t(word)}
                </option>
              )).reverse()}
            </Select>
          </Field>
        ))}
      </div>
      <Field label={t("In your words")} optional>
        <Textarea
          value={comment}
          maxLength={LONGEST_COMMENT}
          onChange={(event) => setComment(event.target.value)}
        />
      </Field>
      {review.isError ? <ErrorState error={review.error} /> : null}
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="secondary">{t("Not now")}</Button>
        </DialogClose>
        <Button type="submit" busy={review.isPending}>
          {t("Publish the review")}
        </Button>
      </DialogFooter>
    </form>
  );
}
