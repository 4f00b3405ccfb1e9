export { StatementsPage as Component } from "@/features/earnings/components/statements-page";
