export { DashboardPage as Component } from "@/app/dashboard/dashboard-page";
