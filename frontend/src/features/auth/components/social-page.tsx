import { useEffect, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { ErrorState } from "@/components/ui/error-state";
import { Spinner } from "@/components/ui/spinner";
import { connectSocial, finishSocial } from "@/features/auth/api/account";
import { AuthPage } from "@/features/auth/components/auth-page";
import { MfaForm } from "@/features/auth/components/mfa-form";
import { TextLink } from "@/features/auth/components/text-link";
import { useAuth } from "@/lib/auth";
import { answerIn, takeVisit } from "@/lib/elsewhere";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { hasCode } from "@/lib/problem";

type Outcome =
  | { at: "working" }
  | { at: "second-step"; mfaToken: string }
  | { at: "nothing" }
  | { at: "failed"; error: unknown };

/** Back from another site: finish what this tab began there. */
export function SocialPage() {
  const { search, hash } = useLocation();
  const navigate = useNavigate();
  const { signIn } = useAuth();
  const [outcome, setOutcome] = useState<Outcome>({ at: "working" });
  const begun = useRef(false);

  useEffect(() => {
    if (begun.current) return; // an answer is good once
    begun.current = true;
    const [visit, answer] = [takeVisit(), answerIn(search, hash)];
    const finish = async () => {
      if (visit === null || answer === null) {
        setOutcome({ at: "nothing" });
        return;
      }
      try {
        if (visit.wish === "connect") {
          await connectSocial({ ceremony: visit.ceremony, ...answer });
        } else {
          signIn(await finishSocial({ ceremony: visit.ceremony, ...answer }));
        }
        await navigate(visit.next, { replace: true });
      } catch (error) {
        const token = hasCode(error, "mfa_required") ? error.more.mfa_token : null;
        setOutcome(
          typeof token === "string"
            ? { at: "second-step", mfaToken: token }
            : { at: "failed", error },
        );
      }
    };
    void finish();
  }, [search, hash, navigate, signIn]);

  if (outcome.at === "working") {
    return (
      <AuthPage title={t("One moment")}>
        <Spinner />
      </AuthPage>
    );
  }
  if (outcome.at === "second-step") {
    return (
      <AuthPage
        title={t("One more step")}
        intro={t(
          "Enter the code that your authenticator app shows now, or one of your recovery codes.",
        )}
      >
        <MfaForm
          mfaToken={outcome.mfaToken}
          onBack={() => void navigate(paths.login(), { replace: true })}
        />
      </AuthPage>
    );
  }
  return (
    <AuthPage title={t("You are not signed in")}>
      {outcome.at === "failed" ? (
        <ErrorState error={outcome.error} title={t("The other site did not open your account")} />
      ) : (
        <p>{t("This page finishes a sign-in that was begun in this tab, and none was.")}</p>
      )}
      <TextLink to={paths.login()} className="justify-self-center">
        {t("Sign in")}
      </TextLink>
    </AuthPage>
  );
}
