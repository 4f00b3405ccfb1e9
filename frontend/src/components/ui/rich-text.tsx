import { createElement, Fragment, type ReactNode, useMemo } from "react";
import { cn } from "@/lib/cn";

// What an editor may write, and no more; everything else keeps its words and loses its tag.
const PLAIN = new Set(["p", "ul", "ol", "li", "b", "strong", "i", "em", "br", "h3"]);

/** An editor's text. Rebuilt from the few elements that are known: no markup is ever taken over. */
export function RichText({ html, className }: { html: string; className?: string }) {
  const content = useMemo(() => {
    const { body } = new DOMParser().parseFromString(html, "text/html");
    return childrenOf(body);
  }, [html]);
  return (
    <div
      data-slot="rich-text"
      className={cn(
        "grid gap-3 leading-relaxed [&_a]:text-accent [&_a]:underline [&_a]:underline-offset-4 [&_ol]:list-decimal [&_ol]:pl-6 [&_ul]:list-disc [&_ul]:pl-6",
        className,
      )}
    >
      {content}
    </div>
  );
}

function childrenOf(node: Node): ReactNode[] {
  return [...node.childNodes].map((child, index) => (
    <Fragment key={index}>{rebuilt(child)}</Fragment>
  ));
}

function rebuilt(node: Node): ReactNode {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent;
  if (!(node instanceof Element)) return null;
  const name = node.localName;
  if (name === "script" || name === "style") return null;
  if (name === "br") return <br />;
  if (name === "a") return link(node);
  return PLAIN.has(name) ? createElement(name, null, childrenOf(node)) : childrenOf(node);
}

function link(node: Element): ReactNode {
  const href = node.getAttribute("href") ?? "";
  if (!/^(https?:\/\/|mailto:|\/(?!\/))/.test(href)) return childrenOf(node);
  return (
    <a href={href} rel="noopener nofollow">
      {childrenOf(node)}
    </a>
  );
}
