import { type SubmitEvent, useState } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { loginMfa, loginPasskey } from "@/features/auth/api/account";
import { useAuth } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { knowsPasskeys, wasClosed } from "@/lib/passkeys";
import { wordsFor } from "@/lib/problem";

type MfaFormProps = { mfaToken: string; onBack: () => void };

/** The second factor: a code of the authenticator app, or a recovery code. */
export function MfaForm({ mfaToken, onBack }: MfaFormProps) {
  const { signIn } = useAuth();
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  const byPasskey = async () => {
    setBusy(true);
    setFailure(null);
    try {
      signIn(await loginPasskey(mfaToken));
    } catch (error) {
      if (!wasClosed(error)) setFailure(error);
      setBusy(false);
    }
  };

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(null);
    try {
      signIn(await loginMfa({ mfa_token: mfaToken, code: code.trim() }));
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  };

  return (
    <form onSubmit={submit} className="grid gap-4">
      {failure === null ? null : <Alert tone="danger">{wordsFor(failure).detail}</Alert>}
      <Field label={t("Code")}>
        <Input
          autoComplete="one-time-code"
          autoCapitalize="none"
          inputMode="text"
          maxLength={32}
          required
          value={code}
          onChange={(event) => setCode(event.target.value)}
          className="tabular text-lg tracking-widest"
        />
      </Field>
      <Button type="submit" size="lg" busy={busy}>
        {t("Confirm the code")}
      </Button>
      {knowsPasskeys() ? (
        <Button variant="secondary" busy={busy} onClick={() => void byPasskey()}>
          {t("Use a passkey")}
        </Button>
      ) : null}
      <Button variant="ghost" onClick={onBack}>
        {t("Back to the password")}
      </Button>
    </form>
  );
}
