/** Going through what was prompted before, from an empty box; a text that was changed is left alone. */
export class EarlierPrompts {
  #at = -1;

  /** @param texts newest first @returns the text to show; `null` when the key is the box's own */
  back(current: string, texts: readonly string[]): string | null {
    if (current === '') this.#at = -1;
    else if (!this.#shows(current, texts)) return null;
    return this.#go(this.#at + 1, texts);
  }

  forward(current: string, texts: readonly string[]): string | null {
    if (current === '' || !this.#shows(current, texts)) return null;
    if (this.#at === 0) {
      this.#at = -1;
      return '';
    }
    return this.#go(this.#at - 1, texts);
  }

  #shows(current: string, texts: readonly string[]): boolean {
    return this.#at >= 0 && texts[this.#at] === current;
  }

  #go(to: number, texts: readonly string[]): string | null {
    const text = texts[to];
    if (text === undefined) return null;
    this.#at = to;
    return text;
  }
}
