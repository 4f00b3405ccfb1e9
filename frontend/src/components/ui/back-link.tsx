import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";

type BackLinkProps = { to: string; className?: string; children: ReactNode };

/** Above a page's heading: to the list or the page that it belongs to. */
export function BackLink({ to, className, children }: BackLinkProps) {
  return (
    <Button
      variant="link"
      size="inline"
      asChild
      className={cn("justify-self-start print:hidden", className)}
    >
      <Link to={to}>
        <ArrowLeft aria-hidden="true" />
        {children}
      </Link>
    </Button>
  );
}
