import { type SubmitEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { prove, proveByPasskey } from "@/features/settings/api/sign-in";
import { type Deed, useDeed } from "@/features/settings/hooks/use-deed";
import { msg, t } from "@/lib/i18n";

const SIGN_IN = msg("This changes how you sign in, so we ask once more.");

/** Ask once more who sits here, and say why; then go on with what was begun. */
export function ProofDialog({ deed, why = t(SIGN_IN) }: { deed: Deed; why?: string }) {
  const { asked, dismiss } = deed;
  return (
    <Dialog open={asked !== null} onOpenChange={(open) => (open ? undefined : dismiss())}>
      <DialogContent
        title={t("Is it still you?")}
        description={`${why} ${t("It holds for ten minutes.")}`}
      >
        {asked === null ? null : <ProofForm methods={asked.methods} onProved={asked.again} />}
      </DialogContent>
    </Dialog>
  );
}

type ProofFormProps = { methods: readonly string[]; onProved: () => Promise<void> };

function ProofForm({ methods, onProved }: ProofFormProps) {
  const [text, setText] = useState("");
  const proof = useDeed();
  const byCode = methods.includes("code");
  const typed = byCode || methods.includes("password");

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void proof.run(async () => {
      await prove(byCode ? { code: text.trim() } : { password: text });
      await onProved();
    });
  };
  if (methods.length === 0) {
    return (
      <p>{t("Your account has no password yet. Sign out, sign in again, and come back here.")}</p>
    );
  }
  return (
    <form onSubmit={submit} className="grid gap-4">
      {proof.failure === null ? null : (
        <ErrorState error={proof.failure} title={t("That was not right")} />
      )}
      {typed ? (
        <Field label={byCode ? t("Code of your app, or a recovery code") : t("Password")}>
          <Input
            type={byCode ? "text" : "password"}
            autoComplete={byCode ? "one-time-code" : "current-password"}
            maxLength={byCode ? 32 : 128}
            required
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </Field>
      ) : null}
      <DialogFooter>
        {methods.includes("passkey") ? (
          <Button
            variant="secondary"
            busy={proof.busy}
            onClick={() =>
              void proof.run(async () => {
                await proveByPasskey();
                await onProved();
              })
            }
          >
            {t("Use a passkey")}
          </Button>
        ) : null}
        {typed ? (
          <Button type="submit" busy={proof.busy}>
            {t("Go on")}
          </Button>
        ) : null}
      </DialogFooter>
    </form>
  );
}
