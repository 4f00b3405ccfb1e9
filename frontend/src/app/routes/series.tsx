import { useParams } from "react-router";
import { SeriesPage } from "@/features/sessions/components/series-page";

export function Component() {
  const { id = "" } = useParams();
  return <SeriesPage key={id} seriesId={id} />;
}
