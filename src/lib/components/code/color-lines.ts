import { createHighlighterCore, type HighlighterCore } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';
import { limits } from '#lib/domain/limits.ts';
import { codeTheme, kindIndexOf } from './code-theme.ts';
import { grammars } from './grammars.ts';
import type { Language } from './languages.ts';
import type { LineSpans } from './spans.ts';

/** The first text of a language pays for building its patterns, longer than a line may take: only the whole is bounded. */
const noLimit = 0;

/** Colours code; grammars are fetched when first needed. Runs in a worker: a bad pattern must not stop the page. */
export class LineColorer {
  #highlighter: Promise<HighlighterCore> | null = null;
  readonly #loaded = new Map<Language, Promise<void>>();

  /** @param begin called when the grammar is there and the work begins */
  async color(
    code: string,
    language: Language,
    begin: () => void = () => undefined,
  ): Promise<readonly LineSpans[]> {
    this.#highlighter ??= createHighlighterCore({
      themes: [codeTheme],
      langs: [],
      engine: createJavaScriptRegexEngine({ forgiving: true }),
    });
    const highlighter = await this.#highlighter;
    let loaded = this.#loaded.get(language);
    const isFirst = loaded === undefined;
    if (loaded === undefined) {
      loaded = grammars[language]().then((grammar) => highlighter.loadLanguage(grammar.default));
      this.#loaded.set(language, loaded);
    }
    await loaded;
    begin();
    const lines = highlighter.codeToTokensBase(code, {
      lang: nameIn[language] ?? language,
      theme: codeTheme,
      tokenizeTimeLimit: isFirst ? noLimit : limits.codeColorLineMsMax,
      tokenizeMaxLineLength: limits.codeColorLineCharsMax,
    });
    return lines.map((tokens) => {
      const spans: number[] = [];
      for (const { content, color } of tokens) {
        const kind = kindIndexOf(color);
        if (spans.at(-2) === kind) spans[spans.length - 1] = (spans.at(-1) ?? 0) + content.length;
        else spans.push(kind, content.length);
      }
      return spans;
    });
  }
}

/** Where the grammar has another name than we give it. */
const nameIn: Partial<Record<Language, string>> = { json: 'jsonc' };
