export { MessagesLayout as Component } from "@/features/messages/components/messages-layout";
