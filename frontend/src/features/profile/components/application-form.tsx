import { type SubmitEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";
import { useSendApplication } from "@/features/profile/api/application";
import { subjectsOf } from "@/features/profile/subjects";
import { told } from "@/features/profile/told";
import { t } from "@/lib/i18n";
import { toast } from "@/lib/toast";

const LONGEST_HEADLINE = 140;
const LONGEST_BIO = 5000;
const LONGEST_MESSAGE = 2000;

type Words = { headline: string; bio: string; subjects: string };

export const NO_WORDS: Words = { headline: "", bio: "", subjects: "" };

/** What the profile would say, and a message that only the curators read. */
export function ApplicationForm({ first, again = false }: { first: Words; again?: boolean }) {
  const send = useSendApplication({ again });
  const [headline, setHeadline] = useState(first.headline);
  const [bio, setBio] = useState(first.bio);
  const [subjects, setSubjects] = useState(first.subjects);
  const [message, setMessage] = useState("");
  const [tried, setTried] = useState(false);
  const missing = headline.trim() === "" ? t("Say in one line what you help with.") : undefined;

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (missing !== undefined) return;
    send.mutate(
      { headline: headline.trim(), bio, expertise: subjectsOf(subjects), message },
      { onSuccess: () => toast.success(t("Sent. Two of our curators read it.")) },
    );
  };
  return (
    <form className="grid gap-5" onSubmit={submit} noValidate>
      <div className="grid gap-1">
        <h2 className="text-lg">{again ? t("Send it in again") : t("Apply")}</h2>
        <p className="text-ink-soft">
          {again
            ? t("Change what was asked for. What the curators have ticked stays ticked.")
            : t(
                "Two of our curators read each application. Nobody else sees your profile before they accept it.",
              )}
        </p>
      </div>
      <Field
        label={t("Headline")}
        hint={t("What you help with, in one line. It stands on every card.")}
        error={told(send.error, "headline") ?? (tried ? missing : undefined)}
      >
        <Input
          value={headline}
          maxLength={LONGEST_HEADLINE}
          required
          onChange={(event) => setHeadline(event.target.value)}
        />
      </Field>
      <Field
        label={t("About you")}
        optional
        hint={t("Leave a blank line between paragraphs.")}
        error={told(send.error, "bio")}
      >
        <Textarea
          value={bio}
          maxLength={LONGEST_BIO}
          className="min-h-40 field-sizing-fixed"
          onChange={(event) => setBio(event.target.value)}
        />
      </Field>
      <Field
        label={t("Subjects")}
        optional
        hint={t("Up to twelve, with commas between them.")}
        error={told(send.error, "expertise")}
      >
        <Input value={subjects} onChange={(event) => setSubjects(event.target.value)} />
      </Field>
      <Field
        label={t("Message to the curators")}
        optional
        hint={t("Who can say that you do this well, and how to reach them. It is never public.")}
        error={told(send.error, "message")}
      >
        <Textarea
          value={message}
          maxLength={LONGEST_MESSAGE}
          className="min-h-24 field-sizing-fixed"
          onChange={(event) => setMessage(event.target.value)}
        />
      </Field>
      {send.isError ? <ErrorState error={send.error} title={t("Nothing was sent")} /> : null}
      <div>
        <Button type="submit" busy={send.isPending}>
          {again ? t("Send it in again") : t("Send the application")}
        </Button>
      </div>
    </form>
  );
}
