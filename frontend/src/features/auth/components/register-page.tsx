import { zodResolver } from "@hookform/resolvers/zod";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Controller, useForm, useWatch } from "react-hook-form";
import { useNavigate, useSearchParams } from "react-router";
import * as z from "zod/mini";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { RadioCard, RadioCards } from "@/components/ui/radio-cards";
import { ZoneSelect } from "@/components/ui/zone-select";
import { Words } from "@/components/words";
import { documentsQuery, register } from "@/features/auth/api/account";
import { AgreeTo } from "@/features/auth/components/agree-to";
import { AuthPage } from "@/features/auth/components/auth-page";
import { PasswordInput } from "@/features/auth/components/password-input";
import { TextLink } from "@/features/auth/components/text-link";
import { pendingRegistration, wish } from "@/features/auth/hooks/registration";
import { showFieldProblems } from "@/lib/form-problems";
import { msg, t } from "@/lib/i18n";
import { newPassword } from "@/features/auth/fields";
import { paths } from "@/lib/paths";
import { browserZone, formatTime } from "@/lib/time";
import { useNow } from "@/lib/use-now";

const PASSWORD_HINT = msg("At least 10 characters. A few unrelated words are good.");

const schema = z.object({
  role: z.enum(["client", "mentor"]),
  name: z
    .string()
    .check(
      z.trim(),
      z.minLength(1, { error: () => t("Enter your name, as others shall see it.") }),
      z.maxLength(120, { error: () => t("A name has at most 120 characters.") }),
    ),
  email: z
    .email({ error: () => t("Enter an e-mail address, such as ada@example.com.") })
    .check(z.maxLength(254, { error: () => t("An address has at most 254 characters.") })),
  password: newPassword,
  time_zone: z.string().check(z.minLength(1)),
});
type Values = z.infer<typeof schema>;

export function RegisterPage() {
  const [search] = useSearchParams();
  const next = search.get("next") ?? undefined;
  return (
    <AuthPage
      title={t("Create an account")}
      aside={
        <Words
          text="Have one already? <login>Sign in</login>"
          parts={{ login: <TextLink to={paths.login({ next })} /> }}
        />
      }
    >
      <RegisterForm />
    </AuthPage>
  );
}

function RegisterForm() {
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const [failure, setFailure] = useState<unknown>(null);
  const form = useForm<Values>({
    resolver: zodResolver(schema),
    defaultValues: {
      role: search.get("role") === "mentor" ? "mentor" : "client",
      name: "",
      email: search.get("email") ?? "",
      password: "",
      time_zone: browserZone(),
    },
  });
  const { errors, isSubmitting } = form.formState;
  const documents = useQuery(documentsQuery).data ?? [];
  const now = useNow();
  const zone = useWatch({ control: form.control, name: "time_zone" });

  const submit = form.handleSubmit(async (values) => {
    setFailure(null);
    const shown = documents.map(({ id }) => id);
    const registration = shown.length === 0 ? values : { ...values, agrees_to: shown };
    try {
      await register(registration);
      pendingRegistration.keep(registration);
      wish.keep(search.get("next"));
      await navigate(paths.verify({ email: values.email }));
    } catch (error) {
      const fields = ["role", "name", "email", "password", "time_zone"] as const;
      if (!showFieldProblems(error, form.setError, fields)) setFailure(error);
    }
  });

  return (
    <form noValidate onSubmit={submit} className="grid gap-4">
      {failure === null ? null : <ErrorState error={failure} title={t("No account was created")} />}
      <Controller
        control={form.control}
        name="role"
        render={({ field }) => (
          <RadioCards
            aria-label={t("What brings you here")}
            value={field.value}
            onValueChange={field.onChange}
            className="sm:grid-cols-2"
          >
            <RadioCard value="client" title={t("I look for a mentor")}>
              {t("Book and pay for sessions")}
            </RadioCard>
            <RadioCard value="mentor" title={t("I am a mentor")}>
              {t("Offer my time; we review each profile")}
            </RadioCard>
          </RadioCards>
        )}
      />
      <Field label={t("Name")} error={errors.name?.message}>
        <Input autoComplete="name" maxLength={120} {...form.register("name")} />
      </Field>
      <Field label={t("E-mail")} error={errors.email?.message}>
        <Input
          type="email"
          inputMode="email"
          autoComplete="email"
          autoCapitalize="none"
          maxLength={254}
          {...form.register("email")}
        />
      </Field>
      <Field label={t("Password")} hint={t(PASSWORD_HINT)} error={errors.password?.message}>
        <PasswordInput autoComplete="new-password" maxLength={128} {...form.register("password")} />
      </Field>
      <Field
        label={t("Your time zone")}
        hint={t("It is {time} there now. All times will be shown in it.", {
          time: formatTime(now, zone),
        })}
        error={errors.time_zone?.message}
      >
        <ZoneSelect
          first={[{ label: t("This device"), zone: browserZone() }]}
          {...form.register("time_zone")}
        />
      </Field>
      <Button type="submit" size="lg" busy={isSubmitting}>
        {t("Create my account")}
      </Button>
      <div className="min-h-12">
        <AgreeTo documents={documents} />
      </div>
    </form>
  );
}
