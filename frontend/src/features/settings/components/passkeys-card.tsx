import { type SubmitEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { addPasskey, removePasskey } from "@/features/settings/api/sign-in";
import type { Change } from "@/features/settings/components/app-card";
import type { MfaOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { knowsPasskeys } from "@/lib/passkeys";
import { formatBrief } from "@/lib/time";

type CardProps = { mfa: MfaOut; busy: boolean; change: Change };

/** Passkeys: they sign in without a password. */
export function PasskeysCard({ mfa, busy, change }: CardProps) {
  const { time_zone: zone } = useUser();
  return (
    <Card className="grid gap-4">
      <h2 className="text-lg">{t("Passkeys")}</h2>
      <p className="text-ink-soft">
        {t("Sign in with your finger, your face or a security key, without a password.")}
      </p>
      {mfa.passkeys.length === 0 ? null : (
        <ul className="divide-y divide-line">
          {mfa.passkeys.map((passkey) => (
            <li
              key={passkey.id}
              className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3"
            >
              <div className="min-w-0">
                <p className="font-medium break-words">{passkey.name}</p>
                <p className="text-sm text-ink-soft">
                  {passkey.last_used_at === null
                    ? t("Not used yet")
                    : t("Used {time}", { time: formatBrief(passkey.last_used_at, zone) })}
                </p>
              </div>
              <Button
                variant="ghost"
                size="sm"
                busy={busy}
                aria-label={t("Remove {name}", { name: passkey.name })}
                onClick={() =>
                  void change(async () => {
                    await removePasskey(passkey.id);
                    return undefined;
                  })
                }
              >
                {t("Remove")}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {knowsPasskeys() ? (
        <AddForm busy={busy} change={change} />
      ) : (
        <p className="text-sm text-ink-soft">
          {t("This browser makes no passkeys for this address.")}
        </p>
      )}
    </Card>
  );
}

function AddForm({ busy, change }: Omit<CardProps, "mfa">) {
  const [name, setName] = useState("");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void change(async () => {
      const added = await addPasskey(name.trim());
      setName("");
      return added;
    });
  };
  return (
    <form onSubmit={submit} className="grid gap-3 sm:grid-cols-[1fr_auto] sm:items-end">
      <Field label={t("Name of a new passkey")}>
        <Input
          maxLength={60}
          required
          placeholder={t("My telephone")}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <Button type="submit" variant="secondary" busy={busy}>
        {t("Add a passkey")}
      </Button>
    </form>
  );
}
