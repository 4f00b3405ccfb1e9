export { OwnReviewsPage as Component } from "@/features/mentor/components/own-reviews-page";
