import type { ReactNode } from "react";
import { Card } from "@/components/ui/card";
import { Portrait } from "@/components/ui/portrait";
import { RichText } from "@/components/ui/rich-text";
import { blocksOf, difference, type Piece, wordsOf } from "@/features/profile/difference";
import type { OwnPageOut, PageWords } from "@/lib/api-types";
import { cn } from "@/lib/cn";
import { msg, t } from "@/lib/i18n";

type Field = OwnPageOut["differing"][number];
type Props = { live: PageWords; pending: PageWords; differing: readonly Field[] };
type Side = "before" | "after";

const LABELS: Record<Field, string> = {
  headline: msg("Headline"),
  bio: msg("About you"),
  expertise: msg("Subjects"),
  portrait: msg("Photo"),
};
const PORTRAIT = 128;

/** Field by field as visitors see it, and as they would; what goes and what comes is marked. */
export function PageDifference({ live, pending, differing }: Props) {
  return (
    <Card className="grid gap-6">
      <h2 className="text-lg">{t("What would change")}</h2>
      {differing.map((field) => (
        <section key={field} className="grid gap-2">
          <h3 className="text-base">{t(LABELS[field])}</h3>
          <div className="grid gap-3 sm:grid-cols-2">
            <Pane title={t("Visitors see now")}>{shown(field, "before", live, pending)}</Pane>
            <Pane title={t("They would see")}>{shown(field, "after", live, pending)}</Pane>
          </div>
        </section>
      ))}
    </Card>
  );
}

function Pane({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="grid min-w-0 content-start gap-2 rounded-md border border-line bg-paper p-4">
      <p className="text-sm text-ink-soft">{title}</p>
      {children}
    </div>
  );
}

function shown(field: Field, side: Side, live: PageWords, pending: PageWords): ReactNode {
  const own = side === "before" ? live : pending;
  switch (field) {
    case "portrait":
      return <Portrait url={own.portrait_url} size={PORTRAIT} />;
    case "headline":
      return (
        <p className="font-serif text-lg">
          <Marked
            pieces={difference(wordsOf(live.headline), wordsOf(pending.headline))[side]}
            side={side}
          />
        </p>
      );
    case "expertise":
      return own.expertise.length === 0 ? (
        <Nothing />
      ) : (
        <ul className="flex flex-wrap gap-2">
          {difference(live.expertise, pending.expertise)[side].map((piece) => (
            <li key={piece.text} className="rounded-sm bg-quiet-bg px-2 leading-7">
              <Marked pieces={[piece]} side={side} />
            </li>
          ))}
        </ul>
      );
    case "bio":
      return own.bio === "" ? (
        <Nothing />
      ) : (
        <div className="grid gap-3 break-words">
          {difference(blocksOf(live.bio), blocksOf(pending.bio))[side].map((block, index) => (
            <Block key={index} block={block} side={side} />
          ))}
        </div>
      );
  }
}

function Nothing() {
  return <p className="text-ink-soft italic">{t("Nothing")}</p>;
}

const MARKS: Record<Side, string> = {
  before: "bg-danger-bg text-ink decoration-danger",
  after: "bg-success-bg text-ink no-underline",
};

/** Words that go are struck out, words that come are underlaid: never by colour alone. */
function Marked({ pieces, side }: { pieces: readonly Piece[]; side: Side }) {
  const Mark = side === "before" ? "del" : "ins";
  return pieces.map((piece, index) =>
    piece.kept ? (
      <span key={index}>{piece.text}</span>
    ) : (
      <Mark
        key={index}
        className={cn("rounded-sm", MARKS[side], side === "after" && "font-semibold")}
      >
        {piece.text}
      </Mark>
    ),
  );
}

function Block({ block, side }: { block: Piece; side: Side }) {
  if (block.kept) return <RichText html={block.text} />;
  return (
    <div
      className={cn(
        "rounded-sm border-l-4 px-3 py-1",
        side === "before" ? "border-danger bg-danger-bg" : "border-success bg-success-bg",
      )}
    >
      <p className="text-xs font-semibold">{side === "before" ? t("Goes") : t("New")}</p>
      <RichText html={block.text} />
    </div>
  );
}
