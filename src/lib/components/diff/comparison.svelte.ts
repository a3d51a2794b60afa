import type { CodeDesk } from '#lib/components/code/code-desk.ts';
import { replacedText, type DiffText } from './diff-rows.ts';

interface Texts {
  readonly before: string;
  readonly after: string;
}

/** Two texts and how they differ: small ones at once, big ones when the worker has done it. Made in a component's setup. */
export class Comparison {
  readonly #desk: CodeDesk;
  readonly #texts: () => Texts;
  readonly #atOnce = $derived.by(() => {
    const { before, after } = this.#texts();
    return this.#desk.compareNow(before, after);
  });
  #later = $state.raw<(Texts & { readonly diff: DiffText }) | null>(null);

  /** @param texts reactive: other texts are compared anew */
  constructor(desk: CodeDesk, texts: () => Texts) {
    this.#desk = desk;
    this.#texts = texts;
    $effect(() => {
      if (this.#atOnce !== null) return;
      const { before, after } = texts();
      let current = true;
      void desk.compare(before, after).then((diff) => {
        if (current) this.#later = { before, after, diff: diff ?? replacedText(before, after) };
      });
      return () => {
        current = false;
      };
    });
  }

  /** `null` while it is being done. */
  get result(): DiffText | null {
    if (this.#atOnce !== null) return this.#atOnce;
    const { before, after } = this.#texts();
    const later = this.#later;
    return later?.before === before && later.after === after ? later.diff : null;
  }
}
