// Holds the app's two languages together (docs/adr/0047-the-app-in-two-languages.md). It reads the
// sources with TypeScript's own parser and names
//   bare      words that are shown and stand in no t(), tn(), msg() or <Words>
//   made up   a text that is put together where a whole sentence with {places} belongs
//   missing   English without German, and German without its English
//   uneven    a translation with other {places}, <tags> or forms than its English
//   double    English with two different translations
// `node scripts/words.js` judges all; with folders behind it, only what lies in them, and no more
// than is bare, made up or missing there.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const HOME = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");
// What a person reads or hears when it is given to a component or an element.
const SHOWN = new Set(
  (
    "alt action aria-description aria-label aria-roledescription aria-valuetext body caption " +
    "cancel children confirm description detail empty error heading hint label legend lead " +
    "name-of note placeholder said summary text title unit words"
  ).split(" "),
);
const TOASTS = /^toast(\.\w+)?$/;
// What the API refuses: German by its codes, held to the server's own list by the Python tests.
const BY_CODE = /\/(problems|faults)\.json$/;
const LETTERS = /\p{L}{2}/u;
// Names, which are the same in every language.
const NAMES = /^(Counterfoil|Stripe|PayPal|Google|GitHub|iCal|UTC|English|Deutsch)$/;

/** What one source says: its texts, and what is wrong with how it says them. */
export function read(file, source) {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ES2023, true, ts.ScriptKind.TSX);
  const texts = [];
  const wrong = [];
  const at = (node) => tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
  const blame = (node, what) => wrong.push(`${file}:${at(node)}: ${what}`);
  const bare = (node, words) => {
    const trimmed = words.replace(/\s+/g, " ").trim();
    if (LETTERS.test(trimmed) && !NAMES.test(trimmed)) blame(node, `bare: ${trimmed.slice(0, 70)}`);
  };
  const key = (node, also) => {
    if (node === undefined) return;
    if (ts.isStringLiteralLike(node))
      texts.push({ text: node.text, where: `${file}:${at(node)}`, ...also });
    else if (ts.isTemplateExpression(node) || isSum(node))
      blame(node, `made up: ${node.getText(tree).slice(0, 70)}`);
    else if (ts.isConditionalExpression(node))
      [node.whenTrue, node.whenFalse].forEach((one) => key(one, also));
    else if (ts.isParenthesizedExpression(node)) key(node.expression, also);
  };
  const shown = (node) => {
    if (node === undefined) return;
    if (ts.isStringLiteralLike(node)) bare(node, node.text);
    else if (ts.isTemplateExpression(node)) {
      const fixed = [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
      fixed.forEach((words) => bare(node, words));
    } else if (ts.isJsxExpression(node)) shown(node.expression);
    else if (ts.isParenthesizedExpression(node)) shown(node.expression);
    else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(shown);
    else if (isSum(node)) [node.left, node.right].forEach(shown);
    else if (ts.isBinaryExpression(node)) shown(node.right);
  };
  const visit = (node) => {
    if (ts.isCallExpression(node)) {
      const called = node.expression.getText(tree);
      if (called === "t" || called === "msg") key(node.arguments[0], {});
      if (called === "tn") key(node.arguments[2], { one: literal(node.arguments[1]) });
      if (TOASTS.test(called)) shown(node.arguments[0]);
    }
    if (ts.isJsxText(node)) bare(node, node.text);
    if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) shown(node.expression);
    if (ts.isJsxAttribute(node)) {
      const name = node.name.getText(tree);
      const element = node.parent.parent.tagName.getText(tree);
      if (element === "Words" && name === "text") key(inner(node.initializer), {});
      else if (SHOWN.has(name)) shown(node.initializer);
    }
    if (ts.isPropertyAssignment(node) && SHOWN.has(node.name.getText(tree)))
      shown(node.initializer);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { texts, wrong };
}

function isSum(node) {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;
}

function inner(node) {
  return node !== undefined && ts.isJsxExpression(node) ? node.expression : node;
}

function literal(node) {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;
}

/** Which {places} and <tags> a text has, sorted; how often is the language's affair. */
function parts(text) {
  return [...new Set(text.match(/\{\w+\}|<\/?\w+\/?>/g))].sort().join(" ");
}

/** What is wrong between the texts and the catalogue's areas (`{area: {english: german}}`). */
export function compare(texts, areas) {
  const wrong = [];
  const german = new Map();
  for (const [area, entries] of Object.entries(areas)) {
    for (const [english, entry] of Object.entries(entries)) {
      const other = german.get(english);
      if (other !== undefined && JSON.stringify(other.entry) !== JSON.stringify(entry)) {
        wrong.push(`${area}: double: "${english}" is another in ${other.area}`);
      }
      german.set(english, { area, entry });
    }
  }
  const used = new Set();
  for (const { text, one, where } of texts) {
    const found = german.get(text);
    if (found === undefined) {
      if (!used.has(text)) wrong.push(`${where}: missing: ${JSON.stringify(text)}`);
    } else {
      wrong.push(
        ...uneven(text, one, found).map((what) => `${found.area}: uneven: "${text}" ${what}`),
      );
    }
    used.add(text);
  }
  for (const [english, { area }] of german) {
    if (!used.has(english)) wrong.push(`${area}: nobody says "${english}"`);
  }
  return [...new Set(wrong)];
}

function uneven(text, one, { entry }) {
  if ((one === undefined) !== (typeof entry === "string")) return ["has one form and two forms"];
  const pairs = one === undefined ? [[text, entry]] : [[text, entry[1]]];
  return pairs
    .filter(([english, german]) => parts(english) !== parts(german))
    .map(([english, german]) => `has ${parts(english)}; the German ${parts(german)}`);
}

/** Every source that may show words. */
export function sources() {
  return under("src").filter(
    (file) => /\.tsx?$/.test(file) && !/\.test\.|^src\/test\/|api-types/.test(file),
  );
}

function under(folder) {
  return readdirSync(path.join(HOME, folder), { recursive: true })
    .map((file) => `${folder}/${file.split(path.sep).join("/")}`)
    .sort();
}

function main(folders) {
  const files = sources().filter(
    (file) => folders.length === 0 || folders.some((folder) => file.startsWith(folder)),
  );
  const found = files.map((file) => read(file, readFileSync(path.join(HOME, file), "utf8")));
  const areas = Object.fromEntries(
    under("src/german")
      .filter((file) => file.endsWith(".json") && !BY_CODE.test(file))
      .map((file) => [file, JSON.parse(readFileSync(path.join(HOME, file), "utf8"))]),
  );
  const between = compare(
    found.flatMap(({ texts }) => texts),
    areas,
  );
  const wrong = [
    ...found.flatMap((one) => one.wrong),
    ...between.filter((what) => folders.length === 0 || what.includes(": missing: ")),
  ];
  if (wrong.length > 0) console.error(`${wrong.join("\n")}\n\n${wrong.length} to mend.`);
  return wrong.length === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(main(process.argv.slice(2)));
