export { VerifyPage as Component } from "@/features/auth/components/verify-page";
