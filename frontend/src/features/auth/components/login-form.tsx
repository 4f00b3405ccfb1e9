import { zodResolver } from "@hookform/resolvers/zod";
import { useState } from "react";
import { useForm } from "react-hook-form";
import * as z from "zod/mini";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { login } from "@/features/auth/api/account";
import { PasswordInput } from "@/features/auth/components/password-input";
import { TextLink } from "@/features/auth/components/text-link";
import { useAuth } from "@/lib/auth";
import { showFieldProblems } from "@/lib/form-problems";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { hasCode } from "@/lib/problem";

const schema = z.object({
  email: z.email({ error: () => t("Enter your e-mail address, such as ada@example.com.") }),
  password: z.string().check(z.minLength(1, { error: () => t("Enter your password.") })),
});
type Values = z.infer<typeof schema>;

type LoginFormProps = { email: string; onSecondStep: (mfaToken: string) => void };

export function LoginForm({ email, onSecondStep }: LoginFormProps) {
  const { signIn } = useAuth();
  const [failure, setFailure] = useState<unknown>(null);
  const form = useForm<Values>({
    resolver: zodResolver(schema),
    defaultValues: { email, password: "" },
  });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (values) => {
    setFailure(null);
    try {
      signIn(await login(values)); // the layout then leads on
    } catch (error) {
      if (hasCode(error, "mfa_required") && typeof error.more.mfa_token === "string") {
        onSecondStep(error.more.mfa_token);
      } else if (!showFieldProblems(error, form.setError, ["email", "password"])) {
        setFailure(error);
      }
    }
  });

  return (
    <form noValidate onSubmit={submit} className="grid gap-4">
      {failure === null ? null : <Refused error={failure} email={form.getValues("email")} />}
      <Field label={t("E-mail")} error={errors.email?.message}>
        <Input
          type="email"
          inputMode="email"
          autoComplete="username"
          autoCapitalize="none"
          {...form.register("email")}
        />
      </Field>
      <Field label={t("Password")} error={errors.password?.message}>
        <PasswordInput autoComplete="current-password" {...form.register("password")} />
      </Field>
      <Button type="submit" size="lg" busy={isSubmitting}>
        {t("Sign in")}
      </Button>
      <TextLink to={paths.forgot()} className="justify-self-center text-[0.9375rem]">
        {t("Forgot the password?")}
      </TextLink>
    </form>
  );
}

function Refused({ error, email }: { error: unknown; email: string }) {
  if (hasCode(error, "invalid_credentials")) {
    return <Alert tone="danger">{error.detail}</Alert>;
  }
  if (hasCode(error, "email_unverified")) {
    return (
      <Alert tone="warning" title={t("This address is not confirmed yet")}>
        {t("Enter the code that was mailed to you.")}{" "}
        <TextLink to={paths.verify({ email })}>{t("Enter the code")}</TextLink>
      </Alert>
    );
  }
  return <ErrorState error={error} title={t("You are not signed in")} />;
}
