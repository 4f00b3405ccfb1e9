import { Clock, Globe, RotateCcw } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { Field } from "@/components/ui/field";
import { Money } from "@/components/ui/money";
import { Portrait } from "@/components/ui/portrait";
import { Select } from "@/components/ui/select";
import { ZoneSelect } from "@/components/ui/zone-select";
import type { MentorDetail, SessionTypeOut } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { cn } from "@/lib/cn";
import { t } from "@/lib/i18n";
import { formatMoney } from "@/lib/money";
import { paths } from "@/lib/paths";
import { policyWords } from "@/lib/terms";
import { browserZone, cityOf } from "@/lib/time";
import { durationWords } from "@/lib/words";

type TermsProps = {
  mentor: MentorDetail;
  type: SessionTypeOut;
  zone: string;
  /** On a phone the chosen time needs the room: with whom, and no more. */
  brief: boolean;
  onType: (id: string) => void;
  onZone: (zone: string) => void;
  children: ReactNode;
};

/** With whom, what, how much, on which terms, and in whose time; beside every step. */
export function Terms({ mentor, type, zone, brief, onType, onZone, children }: TermsProps) {
  return (
    <div className="grid content-start gap-4">
      <div className="flex items-center gap-3">
        <Portrait url={mentor.portrait_url} size={56} />
        <p className="min-w-0">
          <Link
            to={paths.mentor(mentor.slug)}
            className="font-semibold underline-offset-4 hover:underline"
          >
            {mentor.name}
          </Link>
          <span className="block text-sm text-ink-soft">
            {t("in {city}", { city: cityOf(mentor.time_zone) })}
          </span>
        </p>
      </div>
      <div className={cn("grid gap-4", brief && "max-lg:hidden")}>
        {mentor.session_types.length > 1 ? (
          <Field label={t("Session")}>
            <Select value={type.id} onChange={(event) => onType(event.target.value)}>
              {mentor.session_types.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.name}, {formatMoney(each.price, { code: false })}
                </option>
              ))}
            </Select>
          </Field>
        ) : (
          <p className="font-semibold">{type.name}</p>
        )}
        <p className="flex items-baseline justify-between gap-4">
          <span className="flex items-center gap-2 text-ink-soft">
            <Clock aria-hidden="true" className="size-4" />
            {durationWords(type.duration_minutes)}
          </span>
          <Money value={type.price} className="ticket__amount" />
        </p>
        <Field
          label={
            <span className="inline-flex items-center gap-1.5">
              <Globe aria-hidden="true" className="size-4 text-ink-soft" />
              {t("Times shown in")}
            </span>
          }
        >
          <ZoneChoice mentor={mentor} zone={zone} onZone={onZone} />
        </Field>
        <p className="hidden gap-2 text-sm text-ink-soft lg:flex">
          <RotateCcw aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
          <span>{policyWords(type.policy)}</span>
        </p>
        {children}
      </div>
    </div>
  );
}

type ZoneChoiceProps = Pick<TermsProps, "mentor" | "zone" | "onZone">;

/** Mine first, then the mentor's, then where this device seems to be. */
function ZoneChoice({ mentor, zone, onZone, ...tied }: ZoneChoiceProps) {
  const user = useUser();
  const named = [
    { label: t("Yours"), zone: user.time_zone },
    {
      label: t("{name}’s", { name: mentor.name.split(" ")[0] ?? mentor.name }),
      zone: mentor.time_zone,
    },
    { label: t("This device"), zone: browserZone() },
  ];
  const first = named.filter(
    (each, index) => named.findIndex((other) => other.zone === each.zone) === index,
  );
  return (
    <ZoneSelect
      {...tied}
      first={first}
      value={zone}
      onChange={(event) => onZone(event.target.value)}
    />
  );
}
