import { type SubmitEvent, useState } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { DialogClose, DialogFooter } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { Textarea } from "@/components/ui/textarea";
import { useBlock, useReport } from "@/features/messages/api/safety";
import type { ConversationOut, MessageOut, ReportRequest } from "@/lib/api-types";
import { msg, t } from "@/lib/i18n";
import { hasCode } from "@/lib/problem";

const LONGEST_WORDS = 1000;
const OFFERED = 20;
const QUOTED = 60;

const REASONS: Record<ReportRequest["reason"], string> = {
  harassment: msg("Insults, threats or harassment"),
  spam: msg("Advertising or spam"),
  outside: msg("Wants to be paid outside of here"),
  dishonest: msg("Pretends to be somebody else, or cheats"),
  other: msg("Something else"),
};

type ReportFormProps = {
  conversation: ConversationOut;
  messages: readonly MessageOut[];
  onDone: () => void;
};

/** Why, and whether it is about one message; once it is sent, whether to block as well. */
export function ReportForm({ conversation, messages, onDone }: ReportFormProps) {
  const { id, with_name: withName, blocked } = conversation;
  const report = useReport(id);
  const [reason, setReason] = useState<ReportRequest["reason"] | "">("");
  const [about, setAbout] = useState("");
  const [words, setWords] = useState("");
  const [missing, setMissing] = useState(false);
  const theirs = messages
    .filter(({ mine }) => !mine)
    .slice(-OFFERED)
    .reverse();

  if (report.isSuccess) return <Thanks id={id} name={withName} blocked={blocked} onDone={onDone} />;
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    setMissing(reason === "");
    if (reason === "") return;
    report.mutate({ reason, words: words.trim(), message: about === "" ? null : about });
  };
  return (
    <form className="grid gap-4" onSubmit={send} noValidate>
      <Field
        label={t("What is wrong?")}
        error={missing && reason === "" ? t("Choose what is wrong.") : undefined}
      >
        <Select
          value={reason}
          onChange={(event) => setReason(event.target.value as ReportRequest["reason"])}
        >
          <option value="" disabled>
            {t("Choose …")}
          </option>
          {Object.entries(REASONS).map(([name, label]) => (
            <option key={name} value={name}>
              {t(label)}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={t("What is it about?")}>
        <Select value={about} onChange={(event) => setAbout(event.target.value)}>
          <option value="">{t("The whole conversation")}</option>
          {theirs.map((message) => (
            <option key={message.id} value={message.id}>
              {quote(message.text)}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={t("What should we know?")} optional>
        <Textarea
          value={words}
          maxLength={LONGEST_WORDS}
          onChange={(event) => setWords(event.target.value)}
        />
      </Field>
      {report.isError ? (
        hasCode(report.error, "already_reported") ? (
          <Alert tone="info" title={t("You have reported this already")}>
            {t("We look at it; there is nothing more to do.")}
          </Alert>
        ) : (
          <ErrorState error={report.error} />
        )
      ) : null}
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="secondary">{t("Go back")}</Button>
        </DialogClose>
        <Button type="submit" variant="danger" busy={report.isPending}>
          {t("Send the report")}
        </Button>
      </DialogFooter>
    </form>
  );
}

type ThanksProps = { id: string; name: string; blocked: boolean; onDone: () => void };

function Thanks({ id, name, blocked, onDone }: ThanksProps) {
  const block = useBlock(id);
  return (
    <div className="grid gap-4">
      <Alert tone="success" title={t("Thank you: your report is with us")}>
        {blocked
          ? t("{name} stays blocked.", { name })
          : t("If you do not want to hear from {name} meanwhile, block them as well.", { name })}
      </Alert>
      {block.isError ? <ErrorState error={block.error} /> : null}
      <DialogFooter>
        {blocked ? null : (
          <Button
            variant="danger"
            busy={block.isPending}
            onClick={() => block.mutate(true, { onSuccess: onDone })}
          >
            {t("Block {name}", { name })}
          </Button>
        )}
        <Button onClick={onDone}>{t("Done")}</Button>
      </DialogFooter>
    </div>
  );
}

function quote(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  const words = line.length > QUOTED ? `${line.slice(0, QUOTED)}…` : line;
  return t("“{words}”", { words });
}
