import { ExternalLink, Undo2 } from "lucide-react";
import { useState } from "react";
import { Alert } from "@/components/ui/alert";
import { Badge, type Tone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Dialog, DialogClose, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Words } from "@/components/words";
import { usePreviewLink, useTakeBack } from "@/features/profile/api/page";
import type { OwnPageOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { msg, t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { formatInstant } from "@/lib/time";
import { toast } from "@/lib/toast";

type Told = { label: string; tone: Tone; words: string };

const STATES: Record<OwnPageOut["state"], Told> = {
  unwritten: {
    label: msg("Not written yet"),
    tone: "quiet",
    words: msg("Write your page below. Somebody of our team reads it before visitors see it."),
  },
  public: {
    label: msg("Public"),
    tone: "success",
    words: msg("Visitors see your newest words."),
  },
  waiting: {
    label: msg("Waiting for review"),
    tone: "info",
    words: msg(
      "Somebody of our team reads your changes. Until then visitors see what they see now.",
    ),
  },
  changes_asked: {
    label: msg("Changes asked for"),
    tone: "warning",
    words: msg("Change what is asked for and send it again, or take your changes back."),
  },
  draft: {
    label: msg("Draft"),
    tone: "quiet",
    words: msg("These words wait for nobody. Send them for review below when they are ready."),
  },
};

/** Where the page stands with its reviewer, the reviewer's words, the preview and the way back. */
export function PageStatus({ page }: { page: OwnPageOut }) {
  const { time_zone: zone } = useUser();
  const { label, tone, words } = STATES[page.state];
  const { review } = page;
  return (
    <Card className="grid gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="text-lg">{t("Your page")}</h2>
        <Badge tone={tone}>{t(label)}</Badge>
      </div>
      <p className="text-ink-soft">{t(words)}</p>
      {page.state === "changes_asked" && review !== null ? (
        <Alert tone="warning" title={t("Your reviewer writes")}>
          <p className="whitespace-pre-line">{review.comment || t("No words were left.")}</p>
          {review.answer_by === null ? null : (
            <p className="mt-1 text-sm text-ink-soft">
              {t("Please answer by {at}.", { at: formatInstant(review.answer_by, zone) })}
            </p>
          )}
        </Alert>
      ) : null}
      {page.state === "waiting" && review?.since ? (
        <p className="text-sm text-ink-soft">
          {t("Sent {at}.", { at: formatInstant(review.since, zone) })}
        </p>
      ) : null}
      <div className="flex flex-wrap gap-2 empty:hidden">
        {page.live === null ? null : (
          <Button variant="secondary" size="sm" asChild>
            <a href={paths.public.mentor(page.slug)}>{t("See your public page")}</a>
          </Button>
        )}
        {page.pending === null ? null : <Preview />}
        {page.state === "waiting" || (page.pending !== null && page.live !== null) ? (
          <TakeBack isPublic={page.live !== null} />
        ) : null}
      </div>
    </Card>
  );
}

/** A link is made for each look; it opens in the app's own words what it is good for. */
function Preview() {
  const { time_zone: zone } = useUser();
  const link = usePreviewLink();
  return (
    <>
      <Button variant="secondary" size="sm" busy={link.isPending} onClick={() => link.mutate()}>
        {t("Preview your changes")}
      </Button>
      {link.isError ? (
        <ErrorState
          className="order-last w-full"
          error={link.error}
          title={t("No preview was made")}
        />
      ) : null}
      {link.data === undefined ? null : (
        <Alert tone="info" title={t("Your preview is ready")} className="order-last w-full">
          <p>
            <a href={link.data.url} target="_blank" rel="noopener noreferrer">
              <Words
                text="Open the preview<icon/><where> in a new tab</where>"
                parts={{
                  icon: <ExternalLink aria-hidden="true" className="ml-1 inline size-4" />,
                  where: <span className="sr-only" />,
                }}
              />
            </a>
          </p>
          <p className="mt-1 text-sm text-ink-soft">
            {t("Whoever has the link can look until {at}, or until the words change.", {
              at: formatInstant(link.data.expires_at, zone),
            })}
          </p>
        </Alert>
      )}
    </>
  );
}

function TakeBack({ isPublic }: { isPublic: boolean }) {
  const back = useTakeBack();
  const [open, setOpen] = useState(false);
  const take = () =>
    back.mutate(undefined, {
      onSuccess: () => {
        setOpen(false);
        toast.success(t("Your changes are taken back."));
      },
    });
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <Button variant="ghost" size="sm" onClick={() => setOpen(true)}>
        <Undo2 aria-hidden="true" />
        {t("Take your changes back")}
      </Button>
      <DialogContent
        title={t("Take your changes back?")}
        description={
          isPublic
            ? t("Nobody reviews them any more, and the forms show what visitors see.")
            : t("Nobody reviews your page any more. Your words stay here as a draft.")
        }
      >
        {back.isError ? <ErrorState error={back.error} /> : null}
        <DialogFooter>
          <DialogClose asChild>
            <Button variant="secondary">{t("Leave them")}</Button>
          </DialogClose>
          <Button variant="danger" busy={back.isPending} onClick={take}>
            {t("Take the changes back")}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
