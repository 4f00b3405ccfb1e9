import { useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { useLocation } from "react-router";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Words } from "@/components/words";
import { askForAddress, confirmAddress } from "@/features/settings/api/sign-in";
import type { Deed } from "@/features/settings/hooks/use-deed";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";

type Step =
  { step: "shown" } | { step: "asking" } | { step: "mailed"; email: string; code: string };

// What a code looks like, in every language.
const CODE = "ABCD-EFGH";

/** The address that signs in, and the way to another one. A mail's link opens the last step. */
export function AddressCard({ deed }: { deed: Deed }) {
  const client = useQueryClient();
  const { email } = useUser();
  const { hash } = useLocation();
  const [state, setState] = useState<Step>(() => fromLink(hash));

  const ask = (wanted: string, password: string) =>
    deed.run(async () => {
      await askForAddress(wanted, password);
      setState({ step: "mailed", email: wanted, code: "" });
    });
  const confirm = (wanted: string, code: string) =>
    deed.run(async () => {
      await confirmAddress(wanted, code);
      history.replaceState(history.state, "", location.pathname);
      setState({ step: "shown" });
      await client.invalidateQueries({ queryKey: ["users"] });
    });

  return (
    <Card className="grid gap-4">
      <h2 className="text-lg">{t("E-mail address")}</h2>
      <p className="break-all">{email}</p>
      {state.step === "shown" ? (
        <Button
          variant="secondary"
          className="justify-self-start"
          onClick={() => setState({ step: "asking" })}
        >
          {t("Change it")}
        </Button>
      ) : null}
      {state.step === "asking" ? <AskForm busy={deed.busy} onAsk={ask} /> : null}
      {state.step === "mailed" ? (
        <ConfirmForm mailed={state} busy={deed.busy} onConfirm={confirm} />
      ) : null}
    </Card>
  );
}

function fromLink(hash: string): Step {
  const link = new URLSearchParams(hash.slice(1));
  const [email, code] = [link.get("email"), link.get("code")];
  return email === null || code === null ? { step: "shown" } : { step: "mailed", email, code };
}

type AskProps = { busy: boolean; onAsk: (email: string, password: string) => Promise<void> };

function AskForm({ busy, onAsk }: AskProps) {
  const [wanted, setWanted] = useState("");
  const [password, setPassword] = useState("");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void onAsk(wanted.trim(), password);
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <Field
        label={t("New address")}
        hint={t("This one stays until a code from there is entered.")}
      >
        <Input
          type="email"
          autoComplete="email"
          required
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
      </Field>
      <Field label={t("Password")} hint={t("Leave it empty if your account has none.")}>
        <Input
          type="password"
          autoComplete="current-password"
          maxLength={128}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </Field>
      <Button type="submit" busy={busy} className="justify-self-start">
        {t("Mail me a code")}
      </Button>
    </form>
  );
}

type ConfirmProps = {
  mailed: { email: string; code: string };
  busy: boolean;
  onConfirm: (email: string, code: string) => Promise<void>;
};

function ConfirmForm({ mailed, busy, onConfirm }: ConfirmProps) {
  const [code, setCode] = useState(mailed.code);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void onConfirm(mailed.email, code.trim());
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <Alert tone="info">
        <Words
          text="The code was mailed to <email/>. With it your other devices are signed out."
          parts={{ email: <span className="break-all">{mailed.email}</span> }}
        />
      </Alert>
      <Field label={t("Code")}>
        <Input
          autoComplete="one-time-code"
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={32}
          required
          placeholder={CODE}
          value={code}
          onChange={(event) => setCode(event.target.value)}
          className="tabular text-lg tracking-widest"
        />
      </Field>
      <Button type="submit" busy={busy} className="justify-self-start">
        {t("Take the new address")}
      </Button>
    </form>
  );
}
