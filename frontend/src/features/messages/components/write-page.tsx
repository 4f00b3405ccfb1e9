import { useQuery } from "@tanstack/react-query";
import { Navigate, useNavigate } from "react-router";
import { BackLink } from "@/components/ui/back-link";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeading } from "@/components/ui/page-heading";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import {
  type Addressee,
  begin,
  conversationWithQuery,
} from "@/features/messages/api/conversations";
import { Composer } from "@/features/messages/components/composer";
import { OutgoingList, Unsent } from "@/features/messages/components/outgoing";
import { useLive } from "@/features/messages/hooks/live";
import { useDraft } from "@/features/messages/hooks/use-draft";
import { useOutbox } from "@/features/messages/hooks/use-outbox";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { mentorQuery } from "@/lib/mentors";
import { paths } from "@/lib/paths";
import { isMentorOf, sessionQuery } from "@/lib/sessions";
import { typed } from "@/lib/typed";

/** The first message to somebody; where there is a conversation already, that one. */
export function WritePage({ to }: { to: Addressee }) {
  const begun = useQuery(conversationWithQuery(to));
  const addressee = useAddressee(to);
  if (begun.data) return <Navigate to={paths.conversation(begun.data.id)} replace />;

  const failed = [begun, addressee].find(({ isError }) => isError);
  return (
    <div className="flex h-full flex-col">
      <BackLink to={paths.messages()} className="mb-2 self-start md:hidden">
        {t("All messages")}
      </BackLink>
      {failed ? (
        <>
          <PageHeading title={t("Write a message")} />
          <ErrorState error={failed.error} onRetry={() => void failed.refetch()} className="mt-4" />
        </>
      ) : begun.isSuccess && addressee.name !== undefined ? (
        <First to={to} name={addressee.name} />
      ) : (
        <Loading what={t("whom you write to")} className="grid gap-4">
          <Skeleton className="h-8 w-64" />
          <Skeleton className="h-24" />
        </Loading>
      )}
    </div>
  );
}

function useAddressee(to: Addressee) {
  const user = useUser();
  const mentor = useQuery({
    ...mentorQuery("mentor" in to ? to.mentor : ""),
    enabled: "mentor" in to,
  });
  const session = useQuery({
    ...sessionQuery("session" in to ? to.session : ""),
    enabled: "session" in to,
  });
  if ("mentor" in to) return { ...mentor, name: mentor.data?.name };
  const { data } = session;
  const name = data && (isMentorOf(data, user) ? data.client.name : data.mentor.name);
  return { ...session, name };
}

function First({ to, name }: { to: Addressee; name: string }) {
  const user = useUser();
  const live = useLive();
  const navigate = useNavigate();
  const place = `${user.id}:${JSON.stringify(to)}`;
  const [draft, setDraft] = useDraft(`draft:${place}`);
  const outbox = useOutbox({
    name: `outbox:${place}`,
    send: (wish) => begin(to, wish),
    onSent: (message) => {
      typed.keep(`outbox:${place}`, "");
      live.add(message);
      void navigate(paths.conversation(message.conversation_id), { replace: true });
    },
    connected: live.state === "live",
  });
  return (
    <>
      <div className="border-b border-line pb-3">
        <PageHeading title={t("Write to {name}", { name })} className="text-xl sm:text-2xl" />
      </div>
      <div className="grid flex-1 content-start gap-4 overflow-y-auto py-4">
        <p className="text-pretty text-ink-soft">
          {t(
            "Say what you would like to know or work on. Ways to reach each other outside stay hidden until you have had a paid session.",
          )}
        </p>
        <OutgoingList waiting={outbox.waiting} newest={0} />
      </div>
      <Unsent
        first={outbox.waiting[0]}
        onRetry={outbox.retry}
        onWithdraw={() => setDraft([outbox.withdraw(), draft].filter(Boolean).join("\n"))}
      />
      <Composer
        label={t("Write to {name}", { name })}
        text={draft}
        onText={setDraft}
        onSend={outbox.post}
        disabled={outbox.waiting.length > 0}
      />
    </>
  );
}
