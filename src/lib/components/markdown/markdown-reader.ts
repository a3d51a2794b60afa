import { limits } from '#lib/domain/limits.ts';
import { Lexer, type Token, type TokensList } from 'marked';
import { readBlock } from './read-tokens.ts';
import type { Block } from './tree.ts';

export interface KeyedBlock {
  /** Where it begins in the text: stable while text is added behind it. */
  readonly key: number;
  readonly block: Block;
}

/** The lexer's time grows with the square of such a run; nobody writes one. */
const tooNested = /(?:[>*+-] ?){200}|[[(!]{200}|[_*~`]{400}|^ {100,}(?:[>*+-]|\d+[.)]) /mu;
const signs = /[*_~`[\]()<@:]/gu;

/**
 * marked's time for one run of inline text grows with the square of its signs (90,000 characters of `_a_`: 20 s), so a run
 * with more of them than anybody writes stays plain.
 */
class BoundedLexer extends Lexer {
  override inlineTokens(src: string, tokens: Token[] = []): Token[] {
    const isBounded =
      src.length <= limits.markdownInlineCharsMax &&
      (src.match(signs)?.length ?? 0) <= limits.markdownInlineSignsMax;
    if (isBounded) return super.inlineTokens(src, tokens);
    tokens.push({ type: 'text', raw: src, text: src });
    return tokens;
  }
}

interface Read {
  readonly at: number;
  readonly token: Token;
  readonly shown: KeyedBlock | null;
}

/**
 * Reads Markdown that grows: when text is added at the end, only the last blocks are read again, and blocks that are finished
 * keep their identity. One reader per text.
 */
export class MarkdownReader {
  readonly #breaks: boolean;
  #text = '';
  #reads: readonly Read[] = [];
  #links: TokensList['links'] = {};
  #blocks: readonly KeyedBlock[] = [];

  /** @param options.breaks whether a single newline is a new line, as in what people type */
  constructor(options: { readonly breaks: boolean }) {
    this.#breaks = options.breaks;
  }

  read(text: string): readonly KeyedBlock[] {
    if (text === this.#text) return this.#blocks;
    const grew = text.startsWith(this.#text);
    // The last block may still become another kind, and the one before it part of it (a list that goes on after a blank line).
    const kept = grew ? this.#reads.slice(0, firstOpen(this.#reads)) : [];
    if (kept.length === 0) this.#links = {};
    const last = kept.at(-1);
    const from = last === undefined ? 0 : last.at + last.token.raw.length;
    const reads = [...kept, ...this.#lex(text.slice(from), from)];
    this.#text = text;
    this.#reads = reads;
    this.#blocks = reads.flatMap(({ shown }) => shown ?? []);
    return this.#blocks;
  }

  #lex(text: string, from: number): Read[] {
    let at = from;
    return this.#tokens(text).map((token) => {
      const begin = at;
      at += token.raw.length;
      const block = readBlock(token);
      const old = this.#reads.find((read) => read.at === begin && read.token.raw === token.raw);
      const shown = old !== undefined ? old.shown : block === null ? null : { key: begin, block };
      return { at: begin, token, shown };
    });
  }

  #tokens(text: string): readonly Token[] {
    if (text.length > limits.markdownCharsMax || tooNested.test(text)) return asWritten(text);
    const lexer = new BoundedLexer({ gfm: true, breaks: this.#breaks });
    lexer.tokens.links = this.#links;
    try {
      return lexer.lex(text);
    } catch {
      // The lexer recurses with the text's nesting; what overflows it is shown as it was written.
      return asWritten(text);
    }
  }
}

const asWritten = (text: string): readonly Token[] => [
  { type: 'html', raw: text, text, block: true, pre: false },
];

/** Index of the first block that text added at the end may still change: the last two that show something. */
function firstOpen(reads: readonly Read[]): number {
  let open = 0;
  let index = reads.length;
  while (index > 0 && open < 2) {
    index -= 1;
    if (reads[index]?.token.type !== 'space') open += 1;
  }
  return index;
}
