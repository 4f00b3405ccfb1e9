// A biography as somebody types it, and as it is sent: paragraphs, headings, lists, bold, italic,
// links. Whatever else stands in the HTML keeps its words.

const ESCAPED = /\\([\\*#[\]-])/g;
const SPECIAL = /[\\*[\]]/g;
const HREF = /^(https?:\/\/|mailto:|tel:|\/(?!\/))\S+$/;

/** What stands in the field: a blank line between paragraphs, `- ` before each item of a list. */
export function toText(html: string): string {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  const blocks: string[] = [];
  let open = "";
  for (const node of body.childNodes) {
    if (node instanceof Element && ["P", "H3", "UL", "OL"].includes(node.tagName)) {
      blocks.push(open, blockText(node));
      open = "";
    } else {
      open += inlineText(node);
    }
  }
  blocks.push(open);
  return blocks
    .map((text) => text.trim())
    .filter((text) => text !== "")
    .join("\n\n");
}

/** The words alone, with a blank line between blocks: what an application takes. */
export function plainText(html: string): string {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const line of body.querySelectorAll("br")) line.replaceWith("\n");
  return [...body.children]
    .map((block) => block.textContent.trim())
    .filter((text) => text !== "")
    .join("\n\n");
}

function blockText(node: Element): string {
  if (node.tagName === "H3") return `### ${inside(node)}`;
  if (node.tagName === "P") return inside(node).replace(/^(?=#|-|\d+\.)/gm, "\\");
  const items = [...node.querySelectorAll("li")];
  const mark = (index: number) => (node.tagName === "OL" ? `${index + 1}. ` : "- ");
  return items.map((item, index) => mark(index) + inside(item).replaceAll("\n", " ")).join("\n");
}

function inside(node: Node): string {
  return [...node.childNodes].map(inlineText).join("").trim();
}

function inlineText(node: Node): string {
  if (node.nodeType === Node.TEXT_NODE) {
    return (node.textContent ?? "").replace(/\s+/g, " ").replace(SPECIAL, String.raw`\$&`);
  }
  if (!(node instanceof Element)) return "";
  const words = [...node.childNodes].map(inlineText).join("");
  switch (node.tagName) {
    case "BR":
      return "\n";
    case "B":
    case "STRONG":
      return words.trim() === "" ? words : `**${words}**`;
    case "I":
    case "EM":
      return words.trim() === "" ? words : `*${words}*`;
    case "A":
      return `[${words}](${node.getAttribute("href") ?? ""})`;
    default:
      return words;
  }
}

/** The HTML of what was typed; every character of it is text unless it is one of the marks. */
export function toHtml(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .split(/\n[ \t]*\n/)
    .map((block) => block.trim())
    .filter((block) => block !== "")
    .map(blockHtml)
    .join("");
}

function blockHtml(block: string): string {
  const lines = block.split("\n");
  const heading = /^### +(.*)$/.exec(lines[0] ?? "");
  if (heading) {
    const rest = lines.slice(1).join("\n").trim();
    return `<h3>${inlineHtml(heading[1] ?? "")}</h3>${rest === "" ? "" : blockHtml(rest)}`;
  }
  for (const [mark, tag] of [
    [/^- +/, "ul"],
    [/^\d+\. +/, "ol"],
  ] as const) {
    if (lines.every((line) => mark.test(line))) {
      const items = lines.map((line) => `<li>${inlineHtml(line.replace(mark, ""))}</li>`);
      return `<${tag}>${items.join("")}</${tag}>`;
    }
  }
  const words = lines.map((line) => inlineHtml(line.replace(/^\\(?=#|-|\d+\.)/, "")));
  return `<p>${words.join("<br/>")}</p>`;
}

const INLINE =
  /\\[\\*#[\]-]|\*\*((?:\\.|[^*\\])+(?:\*(?!\*)(?:\\.|[^*\\])+\*(?:\\.|[^*\\])*)*)\*\*|\*((?:\\.|[^*\\])+)\*|\[((?:\\.|[^\]\\])+)\]\(([^)\s]+)\)/g;

function inlineHtml(text: string): string {
  let html = "";
  let at = 0;
  for (const found of text.matchAll(INLINE)) {
    const [whole, bold, italic, label, href] = found;
    html += escaped(text.slice(at, found.index));
    if (bold !== undefined) html += `<b>${inlineHtml(bold)}</b>`;
    else if (italic !== undefined) html += `<i>${inlineHtml(italic)}</i>`;
    else if (label !== undefined && href !== undefined) html += linkHtml(label, href);
    else html += escaped(whole.replace(ESCAPED, "$1"));
    at = found.index + whole.length;
  }
  return html + escaped(text.slice(at));
}

function linkHtml(label: string, href: string): string {
  const words = inlineHtml(label);
  return HREF.test(href) ? `<a href="${escaped(href)}">${words}</a>` : words;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
