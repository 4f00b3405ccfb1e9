export { ApplyPage as Component } from "@/features/profile/components/apply-page";
