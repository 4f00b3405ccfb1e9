export { EmailsPage as Component } from "@/features/settings/components/emails-page";
