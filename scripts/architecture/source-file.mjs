import { posix } from 'node:path';
import ts from 'typescript';

/**
 * @typedef {object} SourceFile what the architecture rules look at
 * @property {string} path relative to the project, with `/`
 * @property {number} lines
 * @property {readonly string[]} imports as written: static, dynamic, re-exports, types and workers
 * @property {boolean} hasRawHtml a `{@html …}` outside comments
 * @property {boolean} hasAnyCast an `as any`, `<any>` or `satisfies any`
 */

/**
 * @param {string} path relative to the project, with `/`
 * @param {string} text
 * @returns {SourceFile}
 */
export function readSource(path, text) {
  const isSvelte = path.endsWith('.svelte');
  const markup = isSvelte ? withoutScripts(text) : '';
  const code = ts.createSourceFile(
    isSvelte ? `${path}.ts` : path,
    isSvelte ? scriptsOf(text) : text,
    ts.ScriptTarget.Latest,
  );
  /** @type {string[]} */
  const imports = [];
  let hasAnyCast = /\b(as|satisfies)\s+any\b/.test(markup);
  /** @param {ts.Node} node */
  const visit = (node) => {
    const specifier = importedBy(node);
    if (specifier !== undefined) imports.push(specifier);
    if (isAnyCast(node)) hasAnyCast = true;
    ts.forEachChild(node, visit);
  };
  visit(code);
  return {
    path,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    imports,
    hasRawHtml: markup.includes('{@html'),
    hasAnyCast,
  };
}

/**
 * @param {string} from path of the importing file
 * @param {string} specifier
 * @returns {{ path: string } | { package: string }}
 */
export function targetOf(from, specifier) {
  const name = specifier.replace(/\?.*$/, '');
  const alias = /^(?:#|\$)lib\/(.*)$/.exec(name);
  if (alias?.[1] !== undefined) return { path: `src/lib/${alias[1]}` };
  if (name.startsWith('.')) return { path: posix.join(posix.dirname(from), name) };
  return { package: name };
}

/** @param {ts.Node} node */
function importedBy(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    return textOf(node.moduleSpecifier);
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return textOf(node.argument.literal);
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return textOf(node.arguments[0]);
  }
  // new Worker(new URL('./x.worker.ts', import.meta.url)): the bundler follows it, so do we.
  if (ts.isNewExpression(node) && ts.isIdentifier(node.expression)) {
    const [location, base] = node.arguments ?? [];
    const isModuleUrl = node.expression.text === 'URL' && base !== undefined;
    const name = isModuleUrl ? textOf(location) : undefined;
    if (name !== undefined && /^\.{1,2}\/.*\.ts$/.test(name)) return name;
  }
  return undefined;
}

/** @param {ts.Node | undefined} node */
function textOf(node) {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;
}

/** @param {ts.Node} node */
function isAnyCast(node) {
  return (
    (ts.isAsExpression(node) ||
      ts.isTypeAssertionExpression(node) ||
      ts.isSatisfiesExpression(node)) &&
    node.type.kind === ts.SyntaxKind.AnyKeyword
  );
}

const scriptElement = /<script\b[^>]*>([\s\S]*?)<\/script>/g;

/** @param {string} svelte */
function scriptsOf(svelte) {
  return [...svelte.matchAll(scriptElement)].map(([, code]) => code).join('\n');
}

/** @param {string} svelte */
function withoutScripts(svelte) {
  return svelte.replace(scriptElement, '').replace(/<!--[\s\S]*?-->/g, '');
}
