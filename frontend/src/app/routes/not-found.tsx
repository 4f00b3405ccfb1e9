import { Link } from "react-router";
import { Button } from "@/components/ui/button";
import { PageHeading } from "@/components/ui/page-heading";
import { paths } from "@/lib/paths";

export function Component() {
  return (
    <div className="mx-auto grid max-w-xl justify-items-start gap-4 py-10">
      <PageHeading title="There is no such page" />
      <p className="text-ink-soft">
        The address may be mistyped, or what was here is gone. Nothing of yours was changed.
      </p>
      <div className="flex flex-wrap gap-2">
        <Button asChild>
          <Link to={paths.home()}>To the dashboard</Link>
        </Button>
        <Button variant="secondary" asChild>
          <Link to={paths.mentors()}>Find a mentor</Link>
        </Button>
      </div>
    </div>
  );
}
