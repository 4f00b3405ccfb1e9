import { useState, useSyncExternalStore } from "react";
import { useSearchParams } from "react-router";
import { Alert } from "@/components/ui/alert";
import { Words } from "@/components/words";
import { AuthPage } from "@/features/auth/components/auth-page";
import { LoginForm } from "@/features/auth/components/login-form";
import { MfaForm } from "@/features/auth/components/mfa-form";
import { OtherWays } from "@/features/auth/components/other-ways";
import { TextLink } from "@/features/auth/components/text-link";
import { t } from "@/lib/i18n";
import { leaving } from "@/lib/leaving";
import { paths } from "@/lib/paths";
import { token } from "@/lib/token";

export function LoginPage() {
  const [search] = useSearchParams();
  const [mfaToken, setMfaToken] = useState<string | null>(null);
  const next = search.get("next") ?? undefined;

  if (mfaToken !== null) {
    return (
      <AuthPage
        title={t("One more step")}
        intro={t(
          "Enter the code that your authenticator app shows now, or one of your recovery codes.",
        )}
      >
        <MfaForm mfaToken={mfaToken} onBack={() => setMfaToken(null)} />
      </AuthPage>
    );
  }
  return (
    <AuthPage
      title={t("Sign in")}
      aside={
        <Words
          text="New here? <register>Create an account</register>"
          parts={{ register: <TextLink to={paths.register({ next })} /> }}
        />
      }
    >
      <Notice wanted={next} />
      <LoginForm email={search.get("email") ?? ""} onSecondStep={setMfaToken} />
      <OtherWays next={next} />
    </AuthPage>
  );
}

/** Why the person is here, where it was not by their own wish. */
function Notice({ wanted }: { wanted: string | undefined }) {
  const absence = token.absence();
  const isOpen = useSyncExternalStore(leaving.subscribe, leaving.isOpen);
  if (isOpen) {
    return (
      <Alert tone="info" title={t("You are signed out on this device.")}>
        {t(
          "Our server could not be told yet, so the sign-in still stands in your list of devices. This browser tells it as soon as it can be reached; leave the browser’s data as it is until then.",
        )}
      </Alert>
    );
  }
  if (absence === "ended") {
    return (
      <Alert tone="info">
        {t("Your sign-in has ended. Sign in again and go on where you were.")}
      </Alert>
    );
  }
  if (absence === "left") return <Alert tone="success">{t("You are signed out.")}</Alert>;
  if (wanted?.includes("/book") === true) {
    return (
      <Alert tone="info">{t("Sign in to book. The time that you chose is not held yet.")}</Alert>
    );
  }
  return null;
}
