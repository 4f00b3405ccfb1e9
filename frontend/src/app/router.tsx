import { createBrowserRouter, type RouteObject } from "react-router";
import { RouteError } from "@/app/route-error";
import { Root } from "@/app/root";
import { Opening } from "@/app/opening";

/**
 * Every page is fetched when it is first opened; a route module exports its `Component`.
 * `handle.focused`: a page without the phone's tab bar (a step of the booking, a conversation), so
 * that its own action has the place in thumb reach.
 */
export const routes: RouteObject[] = [
  {
    Component: Root,
    ErrorBoundary: RouteError,
    HydrateFallback: Opening,
    children: [
      {
        lazy: () => import("@/app/routes/visitor-layout"),
        children: [
          { path: "/app/login", lazy: () => import("@/app/routes/login") },
          { path: "/app/register", lazy: () => import("@/app/routes/register") },
          { path: "/app/verify", lazy: () => import("@/app/routes/verify") },
          { path: "/app/forgot", lazy: () => import("@/app/routes/forgot") },
          { path: "/app/reset", lazy: () => import("@/app/routes/reset") },
          { path: "/app/social", lazy: () => import("@/app/routes/social") },
          { path: "/app/undo-email", lazy: () => import("@/app/routes/undo-email") },
        ],
      },
      {
        lazy: () => import("@/app/routes/member-layout"),
        children: [
          {
            ErrorBoundary: RouteError,
            children: [
              { path: "/app", lazy: () => import("@/app/routes/dashboard") },
              { path: "/app/mentors", lazy: () => import("@/app/routes/mentors") },
              { path: "/app/mentors/:slug", lazy: () => import("@/app/routes/mentor") },
              {
                path: "/app/mentors/:slug/book",
                handle: { focused: true },
                lazy: () => import("@/app/routes/book"),
              },
              {
                path: "/app/mentors/:slug/packages/:offer",
                handle: { focused: true },
                lazy: () => import("@/app/routes/buy-package"),
              },
              { path: "/app/packages", lazy: () => import("@/app/routes/packages") },
              { path: "/app/sessions", lazy: () => import("@/app/routes/sessions") },
              { path: "/app/sessions/:id", lazy: () => import("@/app/routes/session") },
              {
                path: "/app/sessions/:id/move",
                handle: { focused: true },
                lazy: () => import("@/app/routes/move"),
              },
              {
                path: "/app/sessions/:id/pay",
                handle: { focused: true },
                lazy: () => import("@/app/routes/pay"),
              },
              {
                path: "/app/sessions/:id/done",
                lazy: () => import("@/app/routes/done"),
              },
              { path: "/app/series/:id", lazy: () => import("@/app/routes/series") },
              { path: "/app/goals", lazy: () => import("@/app/routes/goals") },
              { path: "/app/goals/:id", lazy: () => import("@/app/routes/goal") },
              { path: "/app/payments", lazy: () => import("@/app/routes/payments") },
              { path: "/app/payments/:id", lazy: () => import("@/app/routes/payment") },
              { path: "/app/profile", lazy: () => import("@/app/routes/profile") },
              { path: "/app/availability", lazy: () => import("@/app/routes/availability") },
              { path: "/app/apply", lazy: () => import("@/app/routes/apply") },
              { path: "/app/reviews", lazy: () => import("@/app/routes/reviews") },
              { path: "/app/earnings", lazy: () => import("@/app/routes/earnings") },
              {
                path: "/app/earnings/statements",
                lazy: () => import("@/app/routes/statements"),
              },
              {
                path: "/app/earnings/statements/:id",
                lazy: () => import("@/app/routes/statement"),
              },
              {
                path: "/app/messages",
                lazy: () => import("@/app/routes/messages"),
                children: [
                  { index: true, lazy: () => import("@/app/routes/messages-index") },
                  {
                    path: "new",
                    handle: { focused: true },
                    lazy: () => import("@/app/routes/write"),
                  },
                  {
                    path: ":id",
                    handle: { focused: true },
                    lazy: () => import("@/app/routes/conversation"),
                  },
                ],
              },
              {
                path: "/app/settings/you",
                lazy: () => import("@/app/routes/settings-you"),
              },
              {
                path: "/app/settings/emails",
                lazy: () => import("@/app/routes/settings-emails"),
              },
              {
                path: "/app/settings/data",
                lazy: () => import("@/app/routes/settings-data"),
              },
              {
                path: "/app/settings/sign-in",
                lazy: () => import("@/app/routes/settings-sign-in"),
              },
              { path: "/app/*", lazy: () => import("@/app/routes/not-found") },
            ],
          },
        ],
      },
    ],
  },
];

export type RouteHandle = { focused?: boolean };

export function makeRouter(): ReturnType<typeof createBrowserRouter> {
  return createBrowserRouter(routes);
}
