import { zodResolver } from "@hookform/resolvers/zod";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { useNavigate, useSearchParams } from "react-router";
import * as z from "zod/mini";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Words } from "@/components/words";
import { forgotPassword } from "@/features/auth/api/account";
import { AuthPage } from "@/features/auth/components/auth-page";
import { TextLink } from "@/features/auth/components/text-link";
import { showFieldProblems } from "@/lib/form-problems";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";

const schema = z.object({
  email: z.email({ error: () => t("Enter your e-mail address, such as ada@example.com.") }),
});

export function ForgotPage() {
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const [failure, setFailure] = useState<unknown>(null);
  const form = useForm<z.infer<typeof schema>>({
    resolver: zodResolver(schema),
    defaultValues: { email: search.get("email") ?? "" },
  });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async ({ email }) => {
    setFailure(null);
    try {
      await forgotPassword(email);
      await navigate(paths.reset({ email }));
    } catch (error) {
      if (!showFieldProblems(error, form.setError, ["email"])) setFailure(error);
    }
  });

  return (
    <AuthPage
      title={t("A new password")}
      intro={t("We mail you a code and a link with which you choose a new one.")}
      aside={
        <Words
          text="Remembered it? <login>Sign in</login>"
          parts={{ login: <TextLink to={paths.login()} /> }}
        />
      }
    >
      <form noValidate onSubmit={submit} className="grid gap-4">
        {failure === null ? null : <ErrorState error={failure} title={t("No mail was sent")} />}
        <Field label={t("E-mail")} error={errors.email?.message}>
          <Input
            type="email"
            inputMode="email"
            autoComplete="username"
            autoCapitalize="none"
            {...form.register("email")}
          />
        </Field>
        <Button type="submit" size="lg" busy={isSubmitting}>
          {t("Mail me a code")}
        </Button>
      </form>
    </AuthPage>
  );
}
