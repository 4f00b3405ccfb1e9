export { ConversationsPage as Component } from "@/features/messages/components/conversations-page";
