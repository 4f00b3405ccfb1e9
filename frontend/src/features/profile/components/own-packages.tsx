import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { type SubmitEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Money } from "@/components/ui/money";
import { Select } from "@/components/ui/select";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { useOfferPackage, useWithdrawPackage } from "@/features/profile/api/selling";
import { readPackage } from "@/features/profile/typed-sale";
import type { OfferOut, OwnOffer } from "@/lib/api-types";
import { t, tn } from "@/lib/i18n";
import { packageOffersQuery } from "@/lib/packages";
import { toast } from "@/lib/toast";

type OwnPackagesProps = { slug: string; types: readonly OwnOffer[] };

/** Several sessions sold at once: what is offered, one more, and one less. */
export function OwnPackages({ slug, types }: OwnPackagesProps) {
  const offers = useQuery(packageOffersQuery(slug));
  const [making, setMaking] = useState(false);
  const single = types.filter(({ active }) => active);
  return (
    <section aria-labelledby="packages" className="grid gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 id="packages" className="text-xl">
          {t("Packages")}
        </h2>
        {single.length > 0 ? (
          <Button size="sm" onClick={() => setMaking(true)}>
            <Plus aria-hidden="true" />
            {t("Offer a package")}
          </Button>
        ) : null}
      </div>
      {offers.data !== undefined ? (
        <List offers={offers.data} />
      ) : offers.isError ? (
        <ErrorState
          error={offers.error}
          title={t("Packages could not be read")}
          onRetry={() => void offers.refetch()}
          retrying={offers.isFetching}
        />
      ) : (
        <Loading what={t("your packages")}>
          <Skeleton className="h-24" />
        </Loading>
      )}
      <Dialog open={making} onOpenChange={setMaking}>
        <DialogContent
          title={t("Offer a package")}
          description={t(
            "Clients pay it at once and book its sessions until it ends. Its terms never change: end it and offer another.",
          )}
        >
          {making ? <PackageForm types={single} onDone={() => setMaking(false)} /> : null}
        </DialogContent>
      </Dialog>
    </section>
  );
}

function List({ offers }: { offers: readonly OfferOut[] }) {
  if (offers.length === 0) {
    return (
      <EmptyState title={t("You offer no packages")}>
        {t("Who knows that they will come back may pay several sessions at once, for less.")}
      </EmptyState>
    );
  }
  return (
    <ul className="divide-y divide-line border-y border-line">
      {offers.map((offer) => (
        <li key={offer.id}>
          <Row offer={offer} />
        </li>
      ))}
    </ul>
  );
}

function Row({ offer }: { offer: OfferOut }) {
  const end = useWithdrawPackage(offer.id);
  const name = t("{count} × {session}", {
    count: offer.sessions,
    session: offer.session_type.name,
  });
  return (
    <div className="grid gap-2 py-3">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <span className="min-w-0">
          <span className="font-medium">{name}</span>
          <span className="block text-sm text-ink-soft">
            {tn(
              offer.valid_days,
              "Valid {count} day from the payment",
              "Valid {count} days from the payment",
            )}
          </span>
        </span>
        <span className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <Money value={offer.price} />
          <Button
            variant="secondary"
            size="sm"
            busy={end.isPending}
            aria-label={t("Offer no more: {name}", { name })}
            onClick={() =>
              end.mutate(undefined, {
                onSuccess: () =>
                  toast.success(t("{name} is offered no more. What was bought stays.", { name })),
              })
            }
          >
            {t("Offer no more")}
          </Button>
        </span>
      </div>
      {end.isError ? <ErrorState error={end.error} /> : null}
    </div>
  );
}

function PackageForm({ types, onDone }: { types: readonly OwnOffer[]; onDone: () => void }) {
  const make = useOfferPackage();
  const [typed, setTyped] = useState({
    type: types[0]?.id ?? "",
    sessions: "5",
    price: "",
    days: "180",
  });
  const [tried, setTried] = useState(false);
  const currency = types.find(({ id }) => id === typed.type)?.price.currency ?? "USD";
  const { value, faults } = readPackage(typed, currency);
  const set = (name: keyof typeof typed) => (event: { target: { value: string } }) =>
    setTyped((old) => ({ ...old, [name]: event.target.value }));
  const told = (name: keyof typeof typed) => (tried ? faults[name] : undefined);
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (value === undefined) return;
    make.mutate(value, {
      onSuccess: () => {
        toast.success(t("Visitors see the package now."));
        onDone();
      },
    });
  };
  return (
    <form className="grid gap-4" onSubmit={send} noValidate>
      <Field label={t("Session")}>
        <Select value={typed.type} onChange={set("type")}>
          {types.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Field label={t("How many sessions?")} error={told("sessions")}>
          <Input value={typed.sessions} inputMode="numeric" onChange={set("sessions")} />
        </Field>
        <Field label={t("Price of all, in {currency}", { currency })} error={told("price")}>
          <Input
            value={typed.price}
            inputMode="decimal"
            className="tabular text-right"
            onChange={set("price")}
          />
        </Field>
        <Field label={t("Valid for so many days")} error={told("days")}>
          <Input value={typed.days} inputMode="numeric" onChange={set("days")} />
        </Field>
      </div>
      {make.isError ? <ErrorState error={make.error} title={t("Nothing was saved")} /> : null}
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="secondary">{t("Go back")}</Button>
        </DialogClose>
        <Button type="submit" busy={make.isPending}>
          {t("Offer it")}
        </Button>
      </DialogFooter>
    </form>
  );
}
