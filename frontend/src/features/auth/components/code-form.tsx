import { zodResolver } from "@hookform/resolvers/zod";
import { useState } from "react";
import { useForm } from "react-hook-form";
import * as z from "zod/mini";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { CODE_EXAMPLE, mailedCode, mailedTo } from "@/features/auth/fields";
import { showFieldProblems } from "@/lib/form-problems";
import { t } from "@/lib/i18n";

const schema = z.object({
  email: mailedTo,
  code: mailedCode,
});
type Values = z.infer<typeof schema>;

type CodeFormProps = {
  email: string;
  code: string;
  action: string;
  onSubmit: (values: Values) => Promise<void>;
};

/** An address and the code that was mailed to it. The address is asked for only if unknown. */
export function CodeForm({ email, code, action, onSubmit }: CodeFormProps) {
  const [failure, setFailure] = useState<unknown>(null);
  const form = useForm<Values>({
    resolver: zodResolver(schema),
    defaultValues: { email, code },
  });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (values) => {
    setFailure(null);
    try {
      await onSubmit(values);
    } catch (error) {
      if (!showFieldProblems(error, form.setError, ["email", "code"])) setFailure(error);
    }
  });

  return (
    <form noValidate onSubmit={submit} className="grid gap-4">
      {failure === null ? null : <ErrorState error={failure} title={t("The code was not taken")} />}
      {email === "" ? (
        <Field label={t("E-mail")} error={errors.email?.message}>
          <Input
            type="email"
            inputMode="email"
            autoComplete="email"
            autoCapitalize="none"
            {...form.register("email")}
          />
        </Field>
      ) : null}
      <Field label={t("Code")} error={errors.code?.message}>
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
      <Button type="submit" size="lg" busy={isSubmitting}>
        {action}
      </Button>
    </form>
  );
}
