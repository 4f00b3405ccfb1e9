export { AvailabilityPage as Component } from "@/features/availability/components/availability-page";
