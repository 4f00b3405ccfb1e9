// What is being written, kept while the person looks at something else or loads the page anew.

import { useState } from "react";
import { typed } from "@/lib/typed";

export function useDraft(name: string): [string, (text: string) => void] {
  const [text, setText] = useState(() => typed.read(name));
  return [
    text,
    (next) => {
      typed.keep(name, next);
      setText(next);
    },
  ];
}
