export { PaymentsPage as Component } from "@/features/payments/components/payments-page";
