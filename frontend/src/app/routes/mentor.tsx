export { MentorPage as Component } from "@/features/mentor/components/mentor-page";
