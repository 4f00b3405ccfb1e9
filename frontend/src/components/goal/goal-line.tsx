import { Link } from "react-router";
import { ProgressBar } from "@/components/ui/progress-bar";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";

type GoalLineProps = { goal: { id: string; title: string; percent: number } };

/** A goal's name, which leads to it, and how far it is. */
export function GoalLine({ goal: { id, title, percent } }: GoalLineProps) {
  return (
    <>
      <p className="flex items-baseline justify-between gap-4">
        <Link
          id={id}
          to={paths.goal(id)}
          className="min-w-0 font-medium text-pretty wrap-anywhere underline underline-offset-4"
        >
          {title}
        </Link>
        <span className="tabular text-sm">{t("{percent}%", { percent })}</span>
      </p>
      <ProgressBar aria-labelledby={id} percent={percent} />
    </>
  );
}
