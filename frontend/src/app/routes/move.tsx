import { useParams } from "react-router";
import { MovePage } from "@/app/moving/move-page";

export function Component() {
  const { id = "" } = useParams();
  return <MovePage key={id} sessionId={id} />;
}
