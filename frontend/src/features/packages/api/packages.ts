// Having the unused rest of a package back.

import { useMutation } from "@tanstack/react-query";
import { answer, api } from "@/lib/api";
import { useReadAnew } from "@/lib/sessions";

/** Closes the package; the sessions that it paid for stay. */
export function useGiveBack(id: string) {
  const readAnew = useReadAnew();
  return useMutation({
    mutationFn: () =>
      answer(
        api.POST("/api/packages/{package_id}/refund", { params: { path: { package_id: id } } }),
      ),
    onSettled: readAnew,
  });
}
