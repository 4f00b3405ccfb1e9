import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { Alert } from "@/components/ui/alert";
import { Words } from "@/components/words";
import { register, verify } from "@/features/auth/api/account";
import { AuthPage } from "@/features/auth/components/auth-page";
import { CodeForm } from "@/features/auth/components/code-form";
import { ResendButton } from "@/features/auth/components/resend-button";
import { TextLink } from "@/features/auth/components/text-link";
import { pendingRegistration, wish } from "@/features/auth/hooks/registration";
import { useMailed } from "@/features/auth/hooks/use-mailed";
import { useAuth } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { paths, safeNext } from "@/lib/paths";

/** After the registration, by the code or by the mail's link. The same for a known address. */
export function VerifyPage() {
  const mailed = useMailed();
  const [search] = useSearchParams();
  const { signIn } = useAuth();
  const navigate = useNavigate();
  const [email, setEmail] = useState(mailed.email);
  const pending = pendingRegistration.of(email);

  const confirm = async (values: { email: string; code: string }) => {
    setEmail(values.email);
    signIn(await verify(values));
    pendingRegistration.keep(null);
    await navigate(safeNext(search.get("next") ?? wish.take()), { replace: true });
  };

  const fromLink = mailed.code !== "";
  return (
    <AuthPage
      title={fromLink ? t("Confirm your address") : t("Check your mail")}
      intro={
        fromLink
          ? t("One click, and the account of {email} is yours.", { email: mailed.email })
          : email === ""
            ? t("Enter your address and the code from the mail.")
            : t("We wrote to {email}. Open the link in that mail, or enter its code here.", {
                email,
              })
      }
      aside={
        <Words
          text="Confirmed already? <login>Sign in</login>"
          parts={{ login: <TextLink to={paths.login({ email })} /> }}
        />
      }
    >
      <CodeForm
        email={mailed.email}
        code={mailed.code}
        action={fromLink ? t("Confirm and sign in") : t("Confirm the code")}
        onSubmit={confirm}
      />
      {pending === null ? (
        <Alert tone="info">
          <Words
            text="No mail? Look into the spam folder, or <again>register again</again> to get another code."
            parts={{ again: <TextLink to={paths.register({ email })} /> }}
          />
        </Alert>
      ) : (
        <ResendButton onResend={() => register(pending)} />
      )}
    </AuthPage>
  );
}
