import { useParams } from "react-router";
import { CheckoutPage } from "@/features/checkout/components/checkout-page";

export function Component() {
  const { id = "" } = useParams();
  return <CheckoutPage key={id} sessionId={id} />;
}
