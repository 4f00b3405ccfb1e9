export { MentorsPage as Component } from "@/features/discovery/components/mentors-page";
