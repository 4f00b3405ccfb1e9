export { PersonPage as Component } from "@/features/settings/components/person-page";
