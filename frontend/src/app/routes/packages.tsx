export { PackagesPage as Component } from "@/features/packages/components/packages-page";
