export { DashboardPage as Component } from "@/app/dashboard-page";
