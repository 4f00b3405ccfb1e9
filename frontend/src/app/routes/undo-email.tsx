export { UndoPage as Component } from "@/features/settings/components/undo-page";
