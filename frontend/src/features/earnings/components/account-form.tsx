import { type SubmitEvent, useMemo, useState } from "react";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { RadioCard, RadioCards } from "@/components/ui/radio-cards";
import { Select } from "@/components/ui/select";
import { useOpenAccount } from "@/features/earnings/api/payout-account";
import { countries } from "@/features/earnings/countries";
import { type Gateway, gatewayName } from "@/features/earnings/words";
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
        aria-label="Where you are paid"
        value={gateway}
        onValueChange={(chosen) => setGateway(chosen === "paypal" ? "paypal" : "stripe")}
        className="sm:grid-cols-2"
      >
        <RadioCard value="stripe" title="Stripe">
          Paid to your bank account.
        </RadioCard>
        <RadioCard value="paypal" title="PayPal">
          Paid to your PayPal account.
        </RadioCard>
      </RadioCards>
      <Field
        label="Country"
        hint={`Where your ${gateway === "paypal" ? "PayPal" : "bank"} account is. ${name} does not let you change it later.`}
        error={missing ? "Choose the country that your account is in." : undefined}
      >
        <Select
          value={country}
          required
          onChange={(event) => {
            setCountry(event.target.value);
            setMissing(false);
          }}
        >
          <option value="">Choose a country</option>
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
              ? "Your payout account has changed meanwhile"
              : "Your payout account could not be opened"
          }
        />
      ) : null}
      <Button type="submit" className="justify-self-start" busy={open.isPending}>
        Go to {name}
      </Button>
    </form>
  );
}
