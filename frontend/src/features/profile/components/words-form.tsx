import { type ChangeEvent, type SubmitEvent, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Portrait } from "@/components/ui/portrait";
import { Textarea } from "@/components/ui/textarea";
import { useChangePage } from "@/features/profile/api/page";
import { toHtml, toText } from "@/features/profile/bio-text";
import { Conflict } from "@/features/profile/components/conflict";
import { smallPhoto } from "@/features/profile/photo";
import { subjectsOf } from "@/features/profile/subjects";
import { told } from "@/features/profile/told";
import type { OwnPageChange, OwnPageOut } from "@/lib/api-types";
import { t } from "@/lib/i18n";
import { toast } from "@/lib/toast";

type Props = { page: OwnPageOut; tag: string; onReadAgain: () => Promise<void> };
/** A photo that was chosen, `null` where the old one is to go, `undefined` where it stays. */
type Photo = string | null | undefined;

const LONGEST_HEADLINE = 140;
const LONGEST_BIO = 20_000;
const SIZE = 96;

/** What is reviewed. Only what is different is sent. */
export function WordsForm({ page, tag, onReadAgain }: Props) {
  const words = page.pending ?? page.live;
  const first = {
    headline: words?.headline ?? "",
    bio: toText(words?.bio ?? ""),
    subjects: (words?.expertise ?? []).join(", "),
  };
  const change = useChangePage();
  const [headline, setHeadline] = useState(first.headline);
  const [bio, setBio] = useState(first.bio);
  const [subjects, setSubjects] = useState(first.subjects);
  const [photo, setPhoto] = useState<Photo>(undefined);
  const [tried, setTried] = useState(false);

  const missing = headline.trim() === "" ? t("Say in one line what you help with.") : undefined;
  const body: OwnPageChange = {
    ...(headline.trim() === first.headline ? {} : { headline: headline.trim() }),
    ...(bio === first.bio ? {} : { bio: toHtml(bio) }),
    ...(subjects === first.subjects ? {} : { expertise: subjectsOf(subjects) }),
    ...(photo === undefined ? {} : { photo }),
  };
  // A draft and what came back are sent again as they are; else there is something to send.
  const resends = page.state === "draft" || page.state === "changes_asked";
  const nothing = Object.keys(body).length === 0 && !resends;

  const send = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (missing !== undefined || nothing) return;
    change.mutate(
      { body: { ...(resends ? { headline: headline.trim() } : {}), ...body }, tag },
      {
        onSuccess: ({ data }) =>
          toast.success(
            data.state === "public"
              ? t("Your page says this already.")
              : t("Sent. Somebody reads it before visitors see it."),
          ),
      },
    );
  };
  return (
    <form className="grid gap-5" onSubmit={send} noValidate>
      <div className="grid gap-1">
        <h2 className="text-lg">{t("Words and photo")}</h2>
        <p className="text-ink-soft">
          {t("A member of our team reads changes before visitors see them.")}
        </p>
      </div>
      <PhotoField
        url={words?.portrait_url ?? null}
        hasPhoto={words?.has_photo ?? false}
        photo={photo}
        onChange={setPhoto}
      />
      <Field
        label={t("Headline")}
        hint={t("What you help with, in one line. It stands on every card.")}
        error={told(change.error, "headline") ?? (tried ? missing : undefined)}
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
        hint={t(
          "Leave a blank line between paragraphs. Write ### before a heading, - before each item of a list, **bold**, *italic*, [words](https://example.org).",
        )}
        error={told(change.error, "bio")}
      >
        <Textarea
          value={bio}
          maxLength={LONGEST_BIO}
          className="max-h-[32rem] min-h-48"
          onChange={(event) => setBio(event.target.value)}
        />
      </Field>
      <Field
        label={t("Subjects")}
        optional
        hint={t("Up to twelve, with commas between them.")}
        error={told(change.error, "expertise")}
      >
        <Input value={subjects} onChange={(event) => setSubjects(event.target.value)} />
      </Field>
      {change.isError ? (
        <Conflict error={change.error} title={t("Nothing was sent")} onReadAgain={onReadAgain} />
      ) : null}
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" busy={change.isPending} disabled={nothing}>
          {t("Send for review")}
        </Button>
        {nothing ? <p className="text-sm text-ink-soft">{t("Nothing is changed yet.")}</p> : null}
      </div>
    </form>
  );
}

type PhotoFieldProps = {
  url: string | null;
  hasPhoto: boolean;
  photo: Photo;
  onChange: (photo: Photo) => void;
};

function PhotoField({ url, hasPhoto, photo, onChange }: PhotoFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const [unread, setUnread] = useState(false);
  const choose = async (event: ChangeEvent<HTMLInputElement>) => {
    const [file] = event.target.files ?? [];
    event.target.value = "";
    if (file === undefined) return;
    try {
      onChange(await smallPhoto(file));
      setUnread(false);
    } catch {
      setUnread(true);
    }
  };
  const shown = typeof photo === "string" ? `data:image/jpeg;base64,${photo}` : url;
  return (
    <div className="flex flex-wrap items-center gap-4">
      {shown === null || photo === null ? null : <Portrait url={shown} size={SIZE} />}
      <div className="grid min-w-0 flex-1 basis-56 gap-2">
        <input
          ref={input}
          type="file"
          accept="image/jpeg,image/png,image/webp"
          aria-label={t("Choose a photo")}
          className="sr-only"
          tabIndex={-1}
          onChange={(event) => void choose(event)}
        />
        <div className="flex flex-wrap gap-2">
          <Button variant="secondary" size="sm" onClick={() => input.current?.click()}>
            {hasPhoto || typeof photo === "string"
              ? t("Choose another photo")
              : t("Choose a photo")}
          </Button>
          {photo !== undefined ? (
            <Button variant="ghost" size="sm" onClick={() => onChange(undefined)}>
              {t("Leave it as it was")}
            </Button>
          ) : hasPhoto ? (
            <Button variant="ghost" size="sm" onClick={() => onChange(null)}>
              {t("Remove the photo")}
            </Button>
          ) : null}
        </div>
        <p className="text-sm text-ink-soft" aria-live="polite">
          {unread
            ? t("This file is no picture that can be read. Choose a JPEG, PNG or WebP.")
            : photo === null
              ? t("The photo goes; a portrait is drawn from your name.")
              : t(
                  "JPEG, PNG or WebP, 200 pixels a side at least. Without one, a portrait is drawn from your name.",
                )}
        </p>
      </div>
    </div>
  );
}
