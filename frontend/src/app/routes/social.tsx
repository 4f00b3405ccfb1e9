export { SocialPage as Component } from "@/features/auth/components/social-page";
