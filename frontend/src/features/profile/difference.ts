// What two lists have in common, in order: words, subjects, blocks of a text.

export type Piece = { text: string; kept: boolean };
export type Difference = { before: Piece[]; after: Piece[] };

/** Both lists whole; what stands in one alone is not `kept`. By the longest common subsequence. */
export function difference(before: readonly string[], after: readonly string[]): Difference {
  const longest = Array.from({ length: before.length + 1 }, () =>
    new Array<number>(after.length + 1).fill(0),
  );
  const of = (row: number, column: number) => longest[row]?.[column] ?? 0;
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      const best =
        before[row] === after[column]
          ? of(row + 1, column + 1) + 1
          : Math.max(of(row + 1, column), of(row, column + 1));
      longest[row]?.splice(column, 1, best);
    }
  }
  const found: Difference = { before: [], after: [] };
  let [row, column] = [0, 0];
  while (row < before.length || column < after.length) {
    const [old, fresh] = [before[row], after[column]];
    if (old !== undefined && old === fresh) {
      found.before.push({ text: old, kept: true });
      found.after.push({ text: fresh, kept: true });
      row += 1;
      column += 1;
    } else if (
      fresh === undefined ||
      (old !== undefined && of(row + 1, column) >= of(row, column + 1))
    ) {
      found.before.push({ text: old ?? "", kept: false });
      row += 1;
    } else {
      found.after.push({ text: fresh, kept: false });
      column += 1;
    }
  }
  return found;
}

export function wordsOf(text: string): string[] {
  return text.split(/(?<=\s)/).filter((word) => word !== "");
}

/** The blocks of a biography: its paragraphs, headings and lists, each as its HTML. */
export function blocksOf(html: string): string[] {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  return [...body.childNodes]
    .map((node) => (node instanceof Element ? node.outerHTML : (node.textContent ?? "")).trim())
    .filter((block) => block !== "");
}
