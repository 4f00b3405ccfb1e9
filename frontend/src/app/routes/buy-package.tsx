import { useParams } from "react-router";
import { PackageCheckoutPage } from "@/features/checkout/components/package-checkout-page";

export function Component() {
  const { slug = "", offer = "" } = useParams();
  return <PackageCheckoutPage key={offer} slug={slug} offerId={offer} />;
}
