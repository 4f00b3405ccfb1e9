import { MentorPage } from "@/features/mentor/components/mentor-page";
import { PackageOffers } from "@/features/packages/components/package-offers";

export function Component() {
  return <MentorPage packages={PackageOffers} />;
}
