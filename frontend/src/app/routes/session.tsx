import { useParams } from "react-router";
import { SessionPage } from "@/features/sessions/components/session-page";

export function Component() {
  const { id = "" } = useParams();
  return <SessionPage key={id} sessionId={id} />;
}
