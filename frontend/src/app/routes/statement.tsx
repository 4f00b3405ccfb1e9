export { StatementPage as Component } from "@/features/earnings/components/statement-page";
