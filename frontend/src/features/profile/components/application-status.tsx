import { Undo2 } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { Alert } from "@/components/ui/alert";
import { Badge, type Tone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Dialog, DialogClose, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Words } from "@/components/words";
import { useWithdraw } from "@/features/profile/api/application";
import type { ApplicationOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { msg, t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { formatInstant } from "@/lib/time";
import { toast } from "@/lib/toast";

type Status = ApplicationOut["status"];
type Told = { label: string; tone: Tone; words: string };

const STATES: Record<Status, Told> = {
  draft: { label: msg("Draft"), tone: "quiet", words: msg("It has not been sent in yet.") },
  submitted: {
    label: msg("With the curators"),
    tone: "info",
    words: msg(
      "Two of our curators look at each application. You hear from us by e-mail. Until then, add a photo and what you offer: both are on the checklist.",
    ),
  },
  in_vetting: {
    label: msg("Being looked at"),
    tone: "info",
    words: msg(
      "A curator goes through the checklist. You hear from us by e-mail. Until then, add a photo and what you offer: both are on the checklist.",
    ),
  },
  changes_asked: {
    label: msg("Changes asked for"),
    tone: "warning",
    words: msg("Change what is asked for below and send it in again, or withdraw it."),
  },
  vetted: {
    label: msg("Accepted by one of two"),
    tone: "info",
    words: msg("One curator has accepted it. Another one has to, and then your profile is public."),
  },
  accepted: {
    label: msg("Accepted"),
    tone: "success",
    words: msg(
      "You are a mentor. Keep your hours and prices up to date: visitors see them as they are.",
    ),
  },
  refused: {
    label: msg("Not accepted"),
    tone: "danger",
    words: msg("You may apply again below when this has changed."),
  },
  withdrawn: {
    label: msg("Withdrawn"),
    tone: "quiet",
    words: msg("Nobody decides on it any more. You may apply again below."),
  },
};
const TAKEN_BACK: readonly Status[] = [
  "draft",
  "submitted",
  "in_vetting",
  "changes_asked",
  "vetted",
];

/** Where the application stands, what was said with it, and the one thing to do next. */
export function ApplicationStatus({ application }: { application: ApplicationOut }) {
  const { time_zone: zone } = useUser();
  const { label, tone, words } = STATES[application.status];
  const open = TAKEN_BACK.includes(application.status);
  return (
    <Card className="grid gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="text-lg">{t("Where it stands")}</h2>
        <Badge tone={tone}>{t(label)}</Badge>
      </div>
      <Said application={application} />
      <p className="text-ink-soft">{t(words)}</p>
      <p className="text-sm text-ink-soft">
        <Words
          text="Since {at}. Reference <id>{id}</id>"
          values={{ at: formatInstant(application.since, zone), id: application.id }}
          parts={{ id: <code className="font-mono break-all select-all" /> }}
        />
      </p>
      <div className="flex flex-wrap gap-2 empty:hidden">
        {application.status === "accepted" ? <PublicPage /> : null}
        {open ? (
          <>
            <Button variant="secondary" size="sm" asChild>
              <Link to={paths.profile()}>{t("Add a photo")}</Link>
            </Button>
            <Button variant="secondary" size="sm" asChild>
              <Link to={paths.profile({ tab: "offers" })}>{t("Add what you offer")}</Link>
            </Button>
            <Withdraw />
          </>
        ) : null}
      </div>
    </Card>
  );
}

/** The curators' words of the step that is answered now: what they ask for, or why they refused. */
function Said({ application }: { application: ApplicationOut }) {
  const { time_zone: zone } = useUser();
  const asked = application.status === "changes_asked";
  if (!asked && application.status !== "refused") return null;
  const event = asked ? "ask" : "refuse";
  const step = application.steps.findLast((one) => one.event === event);
  if (step === undefined) return null;
  return (
    <Alert tone={asked ? "warning" : "danger"} title={asked ? t("The curators ask") : t("Why")}>
      <p className="break-words whitespace-pre-line">{step.comment}</p>
      {application.answer_by === null ? null : (
        <p className="mt-1 text-sm text-ink-soft">
          {t("Please answer by {at}.", { at: formatInstant(application.answer_by, zone) })}
        </p>
      )}
    </Alert>
  );
}

function PublicPage() {
  const { mentor } = useUser();
  return (
    <>
      {mentor === null || mentor.status === "suspended" ? null : (
        <Button size="sm" asChild>
          <a href={paths.public.mentor(mentor.slug)}>{t("See your public page")}</a>
        </Button>
      )}
      <Button variant="secondary" size="sm" asChild>
        <Link to={paths.profile()}>{t("Your profile")}</Link>
      </Button>
    </>
  );
}

function Withdraw() {
  const back = useWithdraw();
  const [open, setOpen] = useState(false);
  const withdraw = () =>
    back.mutate(undefined, {
      onSuccess: () => {
        setOpen(false);
        toast.success(t("Your application is withdrawn."));
      },
    });
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <Button variant="ghost" size="sm" onClick={() => setOpen(true)}>
        <Undo2 aria-hidden="true" />
        {t("Withdraw the application")}
      </Button>
      <DialogContent
        title={t("Withdraw the application?")}
        description={t(
          "Nobody decides on it any more. Your words stay here, and you may apply again.",
        )}
      >
        {back.isError ? <ErrorState error={back.error} title={t("It was not withdrawn")} /> : null}
        <DialogFooter>
          <DialogClose asChild>
            <Button variant="secondary">{t("Leave it")}</Button>
          </DialogClose>
          <Button variant="danger" busy={back.isPending} onClick={withdraw}>
            {t("Withdraw it")}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
