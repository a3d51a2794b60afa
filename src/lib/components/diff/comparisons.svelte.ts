import type { CodeDesk } from '#lib/components/code/code-desk.ts';
import type { DiffPreview } from '#lib/domain/permission.ts';
import { replacedText, type DiffText } from './diff-rows.ts';

interface Compared {
  readonly of: DiffPreview;
  readonly text: DiffText;
}

/** Changes of files and how their texts differ: small ones at once, big ones when the worker has done it. Made in a component. */
export class Comparisons {
  readonly #desk: CodeDesk;
  readonly #diffs: () => readonly DiffPreview[];
  readonly #atOnce = $derived.by(() =>
    this.#diffs().map(({ oldText, newText }) => this.#desk.compareNow(oldText ?? '', newText)),
  );
  #later = $state.raw<readonly Compared[]>([]);

  /** @param diffs reactive: other texts are compared anew */
  constructor(desk: CodeDesk, diffs: () => readonly DiffPreview[]) {
    this.#desk = desk;
    this.#diffs = diffs;
    $effect(() => {
      const atOnce = this.#atOnce;
      let current = true;
      const big = diffs().filter((_, index) => atOnce[index] === null);
      for (const diff of big)
        void desk.compare(diff.oldText ?? '', diff.newText).then((result) => {
          if (!current) return;
          const found = result ?? replacedText(diff.oldText ?? '', diff.newText);
          this.#later = [
            ...this.#later.filter((one) => one.of !== diff),
            { of: diff, text: found },
          ];
        });
      return () => {
        current = false;
      };
    });
  }

  /** In the order of the changes; `null` while one is being compared. */
  get results(): readonly (DiffText | null)[] {
    return this.#atOnce.map((now, index) => {
      if (now !== null) return now;
      const diff = this.#diffs()[index];
      return this.#later.find((one) => one.of === diff)?.text ?? null;
    });
  }

  /** Lines that came and went over all changes; `null` while they are counted. */
  get counts(): { readonly added: number; readonly removed: number } | null {
    let added = 0;
    let removed = 0;
    for (const result of this.results) {
      if (result === null) return null;
      added += result.added;
      removed += result.removed;
    }
    return { added, removed };
  }
}
