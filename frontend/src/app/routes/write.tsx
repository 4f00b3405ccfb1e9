import { useSearchParams } from "react-router";
import { WritePage } from "@/features/messages/components/write-page";

export function Component() {
  const [search] = useSearchParams();
  const session = search.get("session");
  const to = session === null ? { mentor: search.get("mentor") ?? "" } : { session };
  return <WritePage key={JSON.stringify(to)} to={to} />;
}
