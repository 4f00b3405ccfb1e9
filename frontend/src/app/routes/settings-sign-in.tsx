export { SignInPage as Component } from "@/features/settings/components/sign-in-page";
