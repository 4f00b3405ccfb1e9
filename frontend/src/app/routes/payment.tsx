import { useParams } from "react-router";
import { PaymentPage } from "@/features/payments/components/payment-page";

export function Component() {
  const { id = "" } = useParams();
  return <PaymentPage key={id} paymentId={id} />;
}
