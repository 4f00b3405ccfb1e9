import { Clock, Languages, MapPin, MessageSquare } from "lucide-react";
import { Link } from "react-router";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { PageHeading } from "@/components/ui/page-heading";
import { Portrait } from "@/components/ui/portrait";
import { Rating } from "@/components/ui/rating";
import type { MentorDetail } from "@/lib/api-types";
import { useUser } from "@/lib/auth";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";
import { cityOf, formatTime, offsetOf } from "@/lib/time";
import { useNow } from "@/lib/use-now";
import { languageName, listed } from "@/lib/words";

export function MentorHeader({ mentor }: { mentor: MentorDetail }) {
  const user = useUser();
  const now = useNow();
  const { time_zone: zone } = mentor;
  const elsewhere = offsetOf(zone) !== offsetOf(user.time_zone);
  return (
    <div className="grid gap-5">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-4 sm:flex-nowrap">
        <Portrait url={mentor.portrait_url} size={112} />
        <div className="grid min-w-0 gap-2">
          <PageHeading title={mentor.name} />
          <p className="text-lg leading-snug text-ink-soft">{mentor.headline}</p>
          <Rating value={mentor.rating} count={mentor.reviews_count} />
        </div>
      </div>
      <ul aria-label={t("Expertise")} className="flex flex-wrap gap-1.5">
        {mentor.expertise.map((topic) => (
          <li key={topic}>
            <Badge>{topic}</Badge>
          </li>
        ))}
      </ul>
      <ul className="grid gap-2 text-[0.9375rem] text-ink-soft [&_svg]:size-4 [&_svg]:shrink-0">
        {mentor.location ? (
          <li className="flex items-center gap-2">
            <MapPin aria-hidden="true" /> {mentor.location}
          </li>
        ) : null}
        <li className="flex items-center gap-2">
          <Languages aria-hidden="true" />
          {t("Speaks {languages}", { languages: listed(mentor.languages.map(languageName)) })}
        </li>
        <li className="tabular flex items-center gap-2">
          <Clock aria-hidden="true" />
          {t(
            elsewhere
              ? "{time} in {city} now, {yours} yours"
              : "{time} in {city} now, the same as yours",
            {
              time: formatTime(now, zone),
              city: cityOf(zone),
              yours: formatTime(now, user.time_zone),
            },
          )}
        </li>
      </ul>
      {user.can_book ? (
        <Button variant="secondary" asChild className="justify-self-start">
          <Link to={paths.write({ mentor: mentor.slug })}>
            <MessageSquare aria-hidden="true" />
            {t("Message {name}", { name: mentor.name.split(" ")[0] ?? "" })}
          </Link>
        </Button>
      ) : null}
    </div>
  );
}
