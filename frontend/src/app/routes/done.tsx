import { useParams } from "react-router";
import { DonePage } from "@/features/sessions/components/done-page";

export function Component() {
  const { id = "" } = useParams();
  return <DonePage key={id} sessionId={id} />;
}
