export { DataPage as Component } from "@/features/settings/components/data-page";
