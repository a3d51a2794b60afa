import { limits } from '#lib/domain/limits.ts';
import type { MarkedToken, Token, Tokens } from 'marked';
import { withoutEntities } from './entities.ts';
import { linkTarget } from './links.ts';
import type { Block, Inline, ListItem } from './tree.ts';

/** marked's union has an arm that is anything; ours are the kinds its lexer yields without extensions. */
const isKnown = (_token: Token): _token is MarkedToken => true;

/** One block of marked's lexer as a block of ours; `null` for what shows nothing (space, link definitions). */
export function readBlock(token: Token, depth = 0): Block | null {
  if (!isKnown(token)) return null;
  if (depth > limits.markdownNestingMax) return { kind: 'raw', text: token.raw };
  switch (token.type) {
    case 'space':
    case 'def':
      return null;
    case 'paragraph':
      return { kind: 'paragraph', children: readInlines(token.tokens, depth) };
    case 'text':
      return {
        kind: 'paragraph',
        children:
          token.tokens === undefined
            ? [{ kind: 'text', text: withoutEntities(token.text) }]
            : readInlines(token.tokens, depth),
      };
    case 'heading':
      return { kind: 'heading', level: token.depth, children: readInlines(token.tokens, depth) };
    case 'code':
      return {
        kind: 'code',
        info: token.lang ?? '',
        text: token.text,
        closed: token.codeBlockStyle === 'indented' || hasClosingFence(token.raw),
      };
    case 'blockquote':
      return { kind: 'quote', blocks: readBlocks(token.tokens, depth + 1) };
    case 'list':
      return {
        kind: 'list',
        start: token.ordered ? Number(token.start === '' ? 1 : token.start) : null,
        loose: token.loose,
        items: token.items.map((item) => readItem(item, depth + 1)),
      };
    case 'table':
      return {
        kind: 'table',
        align: token.align,
        header: token.header.map((cell) => readInlines(cell.tokens, depth)),
        rows: token.rows.map((row) => row.map((cell) => readInlines(cell.tokens, depth))),
      };
    case 'hr':
      return { kind: 'rule' };
    case 'html':
      return { kind: 'raw', text: token.raw.trimEnd() };
    default:
      return { kind: 'paragraph', children: readInlines([token], depth) };
  }
}

export function readBlocks(tokens: readonly Token[], depth: number): readonly Block[] {
  return tokens.flatMap((token) => readBlock(token, depth) ?? []);
}

function readItem(item: Tokens.ListItem, depth: number): ListItem {
  // The box itself is drawn by the list, and stands in the first block of the tokens.
  const tokens = item.tokens.filter((token) => token.type !== 'checkbox');
  return { checked: item.task ? item.checked === true : null, blocks: readBlocks(tokens, depth) };
}

function readInlines(tokens: readonly Token[], depth: number): readonly Inline[] {
  return tokens.flatMap((token) => (isKnown(token) ? (readInline(token, depth + 1) ?? []) : []));
}

function readInline(token: MarkedToken, depth: number): Inline | null {
  if (depth > limits.markdownNestingMax) return { kind: 'text', text: token.raw };
  switch (token.type) {
    case 'checkbox':
      return null;
    case 'strong':
    case 'em':
    case 'del':
      return { kind: token.type, children: readInlines(token.tokens, depth) };
    case 'codespan':
      return { kind: 'code', text: token.text };
    case 'br':
      return { kind: 'break' };
    case 'escape':
      return { kind: 'text', text: token.text };
    case 'text':
      return { kind: 'text', text: withoutEntities(token.text) };
    case 'link':
      return readLink(token, depth);
    case 'image': {
      const alt = withoutEntities(token.text);
      return { kind: 'image', target: linkTarget(token.href, ''), alt };
    }
    default:
      return { kind: 'text', text: token.raw };
  }
}

/** A link that may not be opened is its words, and its address as text where the words hide it. */
function readLink(token: Tokens.Link, depth: number): Inline {
  const children = readInlines(token.tokens, depth);
  const target = linkTarget(withoutEntities(token.href), token.text);
  if (target !== null) return { kind: 'link', target, children };
  const hidden = token.href === '' || token.href === token.text;
  const address = { kind: 'text', text: hidden ? '' : ` (${token.href})` } as const;
  return { kind: 'em', children: [...children, address] };
}

/** Whether a fenced block's last line closes it. */
function hasClosingFence(raw: string): boolean {
  const lines = raw.trimEnd().split('\n');
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(lines[0] ?? '')?.[1];
  const last = lines.at(-1)?.trim() ?? '';
  return (
    fence !== undefined &&
    lines.length > 1 &&
    last.length >= fence.length &&
    last === fence.charAt(0).repeat(last.length)
  );
}
