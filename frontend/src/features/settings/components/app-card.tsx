import { type ReactNode, type SubmitEvent, useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Words } from "@/components/words";
import {
  beginApp,
  confirmApp,
  removeApp,
  renewRecoveryCodes,
} from "@/features/settings/api/sign-in";
import type { AppBegunOut, MfaOut, RecoveryCodesOut } from "@/lib/api-types";
import { t } from "@/lib/i18n";

export type Change = (work: () => Promise<RecoveryCodesOut | undefined>) => Promise<void>;
type CardProps = { mfa: MfaOut; busy: boolean; change: Change };

/** The authenticator app, and the recovery codes that stand in for it. */
export function AppCard({ mfa, busy, change }: CardProps) {
  const [begun, setBegun] = useState<AppBegunOut | null>(null);

  const begin = () =>
    change(async () => {
      setBegun(await beginApp());
      return undefined;
    });
  const confirm = (code: string) =>
    change(async () => {
      if (begun === null) return undefined;
      const made = await confirmApp(begun.ceremony, code);
      setBegun(null);
      return made;
    });
  const remove = () =>
    change(async () => {
      await removeApp();
      return undefined;
    });

  return (
    <Card className="grid gap-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 className="text-lg">{t("Authenticator app")}</h2>
        {mfa.app === null ? null : <Badge tone="success">{t("On")}</Badge>}
      </div>
      <p className="text-ink-soft">
        {mfa.app === null
          ? t("A code of an app on your telephone, asked for after the password.")
          : t("We ask for its code after the password.")}
      </p>
      {begun === null ? (
        <div className="flex flex-wrap gap-2">
          <Button
            variant={mfa.app === null ? "primary" : "secondary"}
            busy={busy}
            onClick={() => void begin()}
          >
            {mfa.app === null ? t("Set up an app") : t("Set up another app")}
          </Button>
          {mfa.app === null ? null : (
            <Button variant="ghost" busy={busy} onClick={() => void remove()}>
              {t("Remove the app")}
            </Button>
          )}
        </div>
      ) : (
        <FirstCode begun={begun} busy={busy} onCode={confirm} onCancel={() => setBegun(null)} />
      )}
      {mfa.enabled ? (
        <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4">
          <p>
            <Words
              text="Recovery codes left: <count/>"
              parts={{ count: <span className="tabular">{mfa.recovery_codes_left}</span> }}
            />
          </p>
          <Button
            variant="secondary"
            size="sm"
            busy={busy}
            onClick={() => void change(renewRecoveryCodes)}
          >
            {t("Make new ones")}
          </Button>
        </div>
      ) : null}
    </Card>
  );
}

type FirstCodeProps = {
  begun: AppBegunOut;
  busy: boolean;
  onCode: (code: string) => Promise<void>;
  onCancel: () => void;
};

function FirstCode({ begun, busy, onCode, onCancel }: FirstCodeProps) {
  const [code, setCode] = useState("");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void onCode(code.trim());
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <p>
        <Words
          text="Enter this secret into the app, or <open>open it on this device</open>:"
          parts={{ open: <AppLink href={begun.otpauth_uri} /> }}
        />
      </p>
      <code className="rounded-md bg-sunk p-3 font-mono break-all select-all">{begun.secret}</code>
      <Field label={t("The code that the app shows now")}>
        <Input
          autoComplete="one-time-code"
          inputMode="numeric"
          maxLength={32}
          required
          value={code}
          onChange={(event) => setCode(event.target.value)}
          className="tabular text-lg tracking-widest"
        />
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" busy={busy}>
          {t("Switch it on")}
        </Button>
        <Button variant="ghost" onClick={onCancel}>
          {t("Cancel")}
        </Button>
      </div>
    </form>
  );
}

function AppLink({ href, children }: { href: string; children?: ReactNode }) {
  return (
    <a href={href} className="text-accent underline underline-offset-4">
      {children}
    </a>
  );
}
