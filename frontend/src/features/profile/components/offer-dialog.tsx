import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Textarea } from "@/components/ui/textarea";
import { offerQuery, useChangeOffer, useMakeOffer } from "@/features/profile/api/offers";
import { Conflict } from "@/features/profile/components/conflict";
import type { OwnOffer } from "@/lib/api-types";
import { msg, t } from "@/lib/i18n";
import { exponent, formatMoney, parseMoney, typedMoney } from "@/lib/money";
import { toast } from "@/lib/toast";

const LONGEST_NAME = 120;
const LONGEST_DESCRIPTION = 500;
const AMOUNT = msg("Write an amount, such as 80 or 80.50.");
// By the digits of the currency's minor unit; with three of them "1,200" could mean two amounts.
const EXAMPLES: ReadonlyMap<number, string> = new Map([
  [0, msg("Write an amount, such as 8000.")],
  [3, msg("Write an amount without a mark for thousands, such as 1200 or 80.500.")],
]);
const SHORTEST = 5;
const LONGEST = 1_440;

type Typed = {
  name: string;
  description: string;
  minutes: string;
  price: string;
  currency: string;
};
type Read = {
  name: string;
  description: string;
  duration_minutes: number;
  price_minor: number;
};
type Faults = Partial<Record<keyof Typed, string>>;

/** A new session type. */
export function MakeOffer({
  open,
  onClose,
  currency = "USD",
}: {
  open: boolean;
  onClose: () => void;
  currency?: string | undefined;
}) {
  const make = useMakeOffer();
  const first = { name: "", description: "", minutes: "60", price: "", currency };
  const close = () => {
    make.reset();
    onClose();
  };
  return (
    <Dialog open={open} onOpenChange={(stays) => (stays ? undefined : close())}>
      <DialogContent
        title={t("Offer a session")}
        description={t(
          "Visitors see it as soon as you save it, and book it in the hours that you are free.",
        )}
      >
        {open ? (
          <OfferForm
            first={first}
            choosesCurrency
            busy={make.isPending}
            error={make.error}
            save={t("Offer it")}
            onReadAgain={() => Promise.resolve()}
            onSave={(read, chosen) =>
              make.mutate(
                { ...read, currency: chosen },
                {
                  onSuccess: (made) => {
                    toast.success(t("Visitors see {name} now.", { name: made.name }));
                    close();
                  },
                },
              )
            }
          />
        ) : null}
      </DialogContent>
    </Dialog>
  );
}

type ChangeProps = { id: string; open: boolean; onClose: () => void };

/** Read anew when it opens, so that what is changed is what stands there. */
export function ChangeOffer({ id, open, onClose }: ChangeProps) {
  return (
    <Dialog open={open} onOpenChange={(stays) => (stays ? undefined : onClose())}>
      <DialogContent
        title={t("Change a session")}
        description={t(
          "Visitors see it as soon as you save it. What is booked keeps its price and its length.",
        )}
      >
        {open ? <ChangeForm id={id} onClose={onClose} /> : null}
      </DialogContent>
    </Dialog>
  );
}

function ChangeForm({ id, onClose }: { id: string; onClose: () => void }) {
  const offer = useQuery(offerQuery(id));
  const change = useChangeOffer(id);
  const [version, setVersion] = useState(0);
  if (offer.data === undefined || (offer.isFetching && version === 0 && offer.isStale)) {
    return offer.isError ? (
      <ErrorState
        error={offer.error}
        title={t("The session could not be read")}
        onRetry={() => void offer.refetch()}
      />
    ) : (
      <Loading what={t("the session")}>
        <Skeleton className="h-80" />
      </Loading>
    );
  }
  const { data, tag } = offer.data;
  const again = async () => {
    await offer.refetch();
    change.reset();
    setVersion((old) => old + 1);
  };
  return (
    <OfferForm
      key={version}
      first={typedOf(data)}
      busy={change.isPending}
      error={change.error}
      save={t("Save")}
      onReadAgain={again}
      onSave={(body) =>
        change.mutate(
          { body, tag },
          {
            onSuccess: (saved) => {
              toast.success(
                t("{name}: {price} from now on.", {
                  name: saved.name,
                  price: formatMoney(saved.price),
                }),
              );
              onClose();
            },
          },
        )
      }
    />
  );
}

function typedOf(offer: OwnOffer): Typed {
  return {
    name: offer.name,
    description: offer.description,
    minutes: String(offer.duration_minutes),
    price: typedMoney(offer.price.amount, offer.price.currency),
    currency: offer.price.currency,
  };
}

/** The values that were typed, or what is wrong with them. */
function read(typed: Typed): { value?: Read; faults: Faults } {
  const minutes = /^\d{1,4}$/.test(typed.minutes.trim()) ? Number(typed.minutes) : 0;
  const price = parseMoney(typed.price, typed.currency);
  const digits = exponent(typed.currency);
  const faults: Faults = {};
  if (typed.name.trim() === "") faults.name = t("Give it a name.");
  if (minutes < SHORTEST || minutes > LONGEST) {
    faults.minutes = t("Write whole minutes, from {shortest} to {longest}.", {
      shortest: SHORTEST,
      longest: LONGEST,
    });
  }
  if (!/^[A-Z]{3}$/.test(typed.currency)) faults.currency = t("Write three letters, such as USD.");
  if (price === null || price <= 0) {
    faults.price = t(EXAMPLES.get(digits) ?? AMOUNT);
  }
  if (price === null || Object.keys(faults).length > 0) return { faults };
  const { name, description } = typed;
  return {
    value: {
      name: name.trim(),
      description: description.trim(),
      duration_minutes: minutes,
      price_minor: price,
    },
    faults,
  };
}

type FormProps = {
  first: Typed;
  choosesCurrency?: boolean;
  busy: boolean;
  error: unknown;
  save: string;
  onSave: (read: Read, currency: string) => void;
  onReadAgain: () => Promise<void>;
};

function OfferForm({
  first,
  choosesCurrency = false,
  busy,
  error,
  save,
  onSave,
  onReadAgain,
}: FormProps) {
  const [typed, setTyped] = useState(first);
  const [tried, setTried] = useState(false);
  const { value, faults } = read(typed);
  const set = (name: keyof Typed) => (event: { target: { value: string } }) =>
    setTyped((old) => ({ ...old, [name]: event.target.value }));
  const told = (name: keyof Typed) => (tried ? faults[name] : undefined);
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (value !== undefined) onSave(value, typed.currency);
  };
  return (
    <form className="grid gap-4" onSubmit={send} noValidate>
      <Field label={t("Name")} error={told("name")}>
        <Input value={typed.name} maxLength={LONGEST_NAME} required onChange={set("name")} />
      </Field>
      <Field label={t("What it is for")} optional hint={t("A sentence or two, for visitors.")}>
        <Textarea
          value={typed.description}
          maxLength={LONGEST_DESCRIPTION}
          onChange={set("description")}
        />
      </Field>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Field label={t("Length in minutes")} error={told("minutes")}>
          <Input value={typed.minutes} inputMode="numeric" required onChange={set("minutes")} />
        </Field>
        <Field
          label={
            choosesCurrency ? t("Price") : t("Price in {currency}", { currency: typed.currency })
          }
          error={told("price")}
        >
          <Input
            value={typed.price}
            inputMode="decimal"
            required
            className="tabular text-right"
            onChange={set("price")}
          />
        </Field>
        {choosesCurrency ? (
          <Field
            label={t("Currency")}
            hint={t("It is for good: offer another session for another currency.")}
            error={told("currency")}
          >
            <Input
              value={typed.currency}
              maxLength={3}
              autoCapitalize="characters"
              spellCheck={false}
              onChange={(event) =>
                setTyped((old) => ({ ...old, currency: event.target.value.toUpperCase() }))
              }
            />
          </Field>
        ) : null}
      </div>
      {error ? (
        <Conflict error={error} title={t("Nothing was saved")} onReadAgain={onReadAgain} />
      ) : null}
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="secondary">{t("Go back")}</Button>
        </DialogClose>
        <Button type="submit" busy={busy}>
          {save}
        </Button>
      </DialogFooter>
    </form>
  );
}
