import { useInfiniteQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { useSearchParams } from "react-router";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { PageHeading } from "@/components/ui/page-heading";
import { Rating } from "@/components/ui/rating";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { ShowMore } from "@/components/ui/show-more";
import { Textarea } from "@/components/ui/textarea";
import { ownReviewsQuery, useReply, type Which } from "@/features/mentor/api/reviews";
import { Review } from "@/features/mentor/components/review";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { toast } from "@/lib/toast";

const LONGEST_REPLY = 2_000;

/** What clients wrote of the mentor, and the way to answer; which ones lies in the address. */
export function OwnReviewsPage() {
  const [search, setSearch] = useSearchParams();
  const which: Which = search.get("which") === "all" ? "all" : "unanswered";
  return (
    <div className="mx-auto grid max-w-3xl gap-6">
      <PageHeading title={t("Your reviews")} />
      <Tabs
        value={which}
        onValueChange={(chosen) => setSearch(chosen === "all" ? { which: "all" } : {})}
      >
        <TabsList aria-label={t("Reviews")}>
          <TabsTrigger value="unanswered">{t("To answer")}</TabsTrigger>
          <TabsTrigger value="all">{t("All")}</TabsTrigger>
        </TabsList>
        <TabsContent value={which}>
          <List which={which} />
        </TabsContent>
      </Tabs>
    </div>
  );
}

function List({ which }: { which: Which }) {
  const { name } = useUser();
  const reviews = useInfiniteQuery(ownReviewsQuery(which));
  if (reviews.isPending) {
    return (
      <Loading what={t("your reviews")} className="grid gap-5">
        {[0, 1, 2].map((row) => (
          <Skeleton key={row} className="h-36" />
        ))}
      </Loading>
    );
  }
  if (reviews.data === undefined) {
    return <ErrorState error={reviews.error} onRetry={() => void reviews.refetch()} />;
  }
  const [first] = reviews.data.pages;
  const items = reviews.data.pages.flatMap((page) => page.items);
  if (items.length === 0) {
    return which === "unanswered" ? (
      <EmptyState title={t("Everything is answered")}>{t("New reviews will be here.")}</EmptyState>
    ) : (
      <EmptyState title={t("No reviews yet")}>
        {t("Clients can write one within thirty days of a session.")}
      </EmptyState>
    );
  }
  return (
    <div className="grid gap-5">
      <Rating value={first?.rating ?? null} count={first?.reviews_count ?? 0} />
      <ul className="grid gap-5">
        {items.map((review) => (
          <li key={review.id}>
            <Review review={review} mentorName={name} own>
              {review.reply === null ? <Answer id={review.id} author={review.author} /> : null}
            </Review>
          </li>
        ))}
      </ul>
      <ShowMore list={reviews}>{t("Show more reviews")}</ShowMore>
    </div>
  );
}

/** Public, once: the button says so before it is pressed. */
function Answer({ id, author }: { id: string; author: string }) {
  const reply = useReply(id);
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    if (text.trim() === "") return;
    reply.mutate(
      { text: text.trim() },
      { onSuccess: () => toast.success(t("Your answer is public.")) },
    );
  };
  if (!open) {
    return (
      <Button
        variant="secondary"
        size="sm"
        className="justify-self-start"
        onClick={() => setOpen(true)}
      >
        {t("Answer {name}", { name: author })}
      </Button>
    );
  }
  return (
    <form className="grid max-w-prose gap-3" onSubmit={send}>
      <Field
        label={t("Your answer to {name}", { name: author })}
        hint={t("Everybody can read it, and it is not changed afterwards.")}
      >
        <Textarea
          value={text}
          required
          maxLength={LONGEST_REPLY}
          onChange={(event) => setText(event.target.value)}
        />
      </Field>
      {reply.isError ? <ErrorState error={reply.error} /> : null}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" size="sm" busy={reply.isPending}>
          {t("Publish the answer")}
        </Button>
        <Button variant="ghost" size="sm" onClick={() => setOpen(false)}>
          {t("Not now")}
        </Button>
      </div>
    </form>
  );
}
