import { zodResolver } from "@hookform/resolvers/zod";
import { useState } from "react";
import { useForm } from "react-hook-form";
import * as z from "zod/mini";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Words } from "@/components/words";
import { resetPassword } from "@/features/auth/api/account";
import { AuthPage } from "@/features/auth/components/auth-page";
import { PasswordInput } from "@/features/auth/components/password-input";
import { TextLink } from "@/features/auth/components/text-link";
import { CODE_EXAMPLE, mailedCode, mailedTo, newPassword } from "@/features/auth/fields";
import { useMailed } from "@/features/auth/hooks/use-mailed";
import { showFieldProblems } from "@/lib/form-problems";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { token } from "@/lib/token";

const schema = z.object({
  email: mailedTo,
  code: mailedCode,
  password: newPassword,
});

/** The new password, by the mailed code or the mail's link. */
export function ResetPage() {
  const mailed = useMailed();
  const [changed, setChanged] = useState<string | null>(null);

  if (changed !== null) {
    return (
      <AuthPage title={t("Your password is new")}>
        <Alert tone="success">
          {t("You are signed out everywhere. Sign in with the new password.")}
        </Alert>
        <TextLink to={paths.login({ email: changed })} className="justify-self-center">
          {t("Sign in")}
        </TextLink>
      </AuthPage>
    );
  }
  return (
    <AuthPage
      title={t("Choose a new password")}
      intro={
        mailed.code === "" && mailed.email !== ""
          ? t("If {email} has an account, a mail with a code is on its way.", {
              email: mailed.email,
            })
          : undefined
      }
      aside={
        <Words
          text="No mail? <again>Ask for another</again>"
          parts={{ again: <TextLink to={paths.forgot({ email: mailed.email })} /> }}
        />
      }
    >
      <ResetForm email={mailed.email} code={mailed.code} onDone={setChanged} />
    </AuthPage>
  );
}

type ResetFormProps = { email: string; code: string; onDone: (email: string) => void };

function ResetForm({ email, code, onDone }: ResetFormProps) {
  const [failure, setFailure] = useState<unknown>(null);
  const form = useForm<z.infer<typeof schema>>({
    resolver: zodResolver(schema),
    defaultValues: { email, code, password: "" },
  });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (values) => {
    setFailure(null);
    try {
      await resetPassword(values);
      token.clear("none"); // a sign-in that was open here has ended as well
      onDone(values.email);
    } catch (error) {
      const fields = ["email", "code", "password"] as const;
      if (!showFieldProblems(error, form.setError, fields)) setFailure(error);
    }
  });

  return (
    <form noValidate onSubmit={submit} className="grid gap-4">
      {failure === null ? null : (
        <ErrorState error={failure} title={t("The password stays as it is")} />
      )}
      <Field
        label={t("E-mail")}
        error={errors.email?.message}
        className={email === "" ? "" : "hidden"}
      >
        <Input type="email" autoComplete="username" {...form.register("email")} />
      </Field>
      <Field label={t("Code")} error={errors.code?.message} className={code === "" ? "" : "hidden"}>
        <Input
          autoComplete="one-time-code"
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={32}
          placeholder={CODE_EXAMPLE}
          className="tabular text-lg tracking-widest"
          {...form.register("code")}
        />
      </Field>
      <Field
        label={t("New password")}
        hint={t("At least 10 characters. A few unrelated words are good.")}
        error={errors.password?.message}
      >
        <PasswordInput autoComplete="new-password" maxLength={128} {...form.register("password")} />
      </Field>
      <Button type="submit" size="lg" busy={isSubmitting}>
        {t("Save the new password")}
      </Button>
    </form>
  );
}
