export { ForgotPage as Component } from "@/features/auth/components/forgot-page";
