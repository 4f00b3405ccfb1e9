import { CalendarPlus } from "lucide-react";
import { Button } from "@/components/ui/button";
import type { SessionOut } from "@/lib/api-types";
import { calendarFile } from "@/lib/calendar-file";
import { t } from "@/lib/i18n";
import { paths } from "@/lib/paths";

/** Gives the session to the reader's own calendar, whatever program that is. */
export function CalendarLink({ session }: { session: SessionOut }) {
  const save = () => {
    const address = new URL(paths.session(session.id), location.origin).href;
    const file = new Blob([calendarFile(session, address)], { type: "text/calendar" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = `counterfoil-${session.id}.ics`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  return (
    <Button variant="secondary" onClick={save}>
      <CalendarPlus aria-hidden="true" />
      {t("Add to calendar")}
    </Button>
  );
}
