import { Toaster as Sonner } from "sonner";

const SOFT = "!text-ink-soft";

/** Where toasts appear; raise one with `toast` of lib/toast. For news, never for refusals. */
export function Toaster() {
  return (
    <Sonner
      position="top-center"
      theme="system"
      toastOptions={{
        classNames: {
          toast: "!rounded-md !border-line !bg-card !font-sans !text-base !text-ink !shadow-lg",
          description: SOFT,
        },
      }}
    />
  );
}
