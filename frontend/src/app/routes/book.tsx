export { BookPage as Component } from "@/features/booking/components/book-page";
