import { useParams } from "react-router";
import { ConversationPage } from "@/features/messages/components/conversation-page";

export function Component() {
  const { id = "" } = useParams();
  return <ConversationPage key={id} id={id} />;
}
