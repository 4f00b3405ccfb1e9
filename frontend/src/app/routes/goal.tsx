import { useParams } from "react-router";
import { GoalPage } from "@/features/goals/components/goal-page";

export function Component() {
  const { id = "" } = useParams();
  return <GoalPage key={id} goalId={id} />;
}
