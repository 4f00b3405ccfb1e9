export { SessionsPage as Component } from "@/features/sessions/components/sessions-page";
