import { type SubmitEvent, useMemo, useState } from "react";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { RadioCard, RadioCards } from "@/components/ui/radio-cards";
import { Select } from "@/components/ui/select";
import { useOpenAccount } from "@/features/earnings/api/payout-account";
import { countries } from "@/features/earnings/countries";
import { type Gateway, gatewayName } from "@/features/earnings/words";
import { t } from "@/lib/i18n";
import { hasCode } from "@/lib/problem";

/** Choose the gateway and the country, and leave for its form. With a tag: in place of another. */
export function AccountForm({ tag }: { tag?: string }) {
  const open = useOpenAccount();
  const all = useMemo(() => countries(), []);
  const [gateway, setGateway] = useState<Gateway>("stripe");
  const [country, setCountry] = useState("");
  const [missing, setMissing] = useState(false);
  const name = gatewayName(gateway);
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    setMissing(country === "");
    if (country === "") return;
    const replace = tag !== undefined;
    open.mutate({ body: { gateway, country, replace }, ...(replace ? { tag } : {}) });
  };
  return (
    <form className="grid gap-4" onSubmit={send} noValidate>
      <RadioCards
        aria-label={t("Where you are paid")}
        value={gateway}
        onValueChange={(chosen) => setGateway(chosen === "paypal" ? "paypal" : "stripe")}
        className="sm:grid-cols-2"
      >
        <RadioCard value="stripe" title="Stripe">
          {t("Paid to your bank account.")}
        </RadioCard>
        <RadioCard value="paypal" title="PayPal">
          {t("Paid to your PayPal account.")}
        </RadioCard>
      </RadioCards>
      <Field
        label={t("Country")}
        hint={
          gateway === "paypal"
            ? t("Where your PayPal account is. PayPal does not let you change it later.")
            : t("Where your bank account is. Stripe does not let you change it later.")
        }
        error={missing ? t("Choose the country that your account is in.") : undefined}
      >
        <Select
          value={country}
          required
          onChange={(event) => {
            setCountry(event.target.value);
            setMissing(false);
          }}
        >
          <option value="">{t("Choose a country")}</option>
          {all.map((one) => (
            <option key={one.code} value={one.code}>
              {one.name}
            </option>
          ))}
        </Select>
      </Field>
      {open.isError ? (
        <ErrorState
          error={open.error}
          title={
            hasCode(open.error, "precondition_failed")
              ? t("Your payout account has changed meanwhile")
              : t("Your payout account could not be opened")
          }
        />
      ) : null}
      <Button type="submit" className="justify-self-start" busy={open.isPending}>
        {t("Go to {name}", { name })}
      </Button>
    </form>
  );
}
