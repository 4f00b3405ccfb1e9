import { cloneElement, Fragment, type ReactElement, type ReactNode } from "react";
import { filled, t, type Values } from "@/lib/i18n";

type WordsProps = {
  /** English, with tags for what is no plain text: "Read the <terms>terms</terms>." */
  text: string;
  values?: Values;
  /** The element of each tag; what stands between the tags becomes its children. */
  parts: Readonly<Record<string, ReactElement<{ children?: ReactNode }>>>;
};

/** A sentence in the reader's language with links, emphasis or whole elements inside. */
export function Words({ text, values = {}, parts }: WordsProps) {
  // Tags are read before the values come in: a person may be called "<b>".
  const pieces = t(text).split(/(<\w+\/>|<\w+>.*?<\/\w+>)/);
  return pieces.map((piece, at) => {
    const [, name, , inner] = /^<(\w+)(\/>|>(.*?)<\/\w+>)$/.exec(piece) ?? [];
    const part = name === undefined ? undefined : parts[name];
    // The pieces of one sentence keep their places.
    if (part === undefined) return <Fragment key={at}>{filled(piece, values)}</Fragment>;
    return inner === undefined
      ? cloneElement(part, { key: at })
      : cloneElement(part, { key: at }, filled(inner, values));
  });
}
