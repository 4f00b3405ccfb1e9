import { BookPage } from "@/features/booking/components/book-page";
import { PackageHint } from "@/features/packages/components/package-hint";

export function Component() {
  return <BookPage packages={PackageHint} />;
}
