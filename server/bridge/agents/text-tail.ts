import { withoutControls } from './visible-text.ts';

/** The last `bytesMax` bytes of a stream of any length, as text to show. */
export class TextTail {
  readonly #bytesMax: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #cut = false;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  push(chunk: Uint8Array): void {
    const all = Buffer.concat([this.#bytes, chunk]);
    this.#cut ||= all.byteLength > this.#bytesMax;
    this.#bytes = all.subarray(Math.max(0, all.byteLength - this.#bytesMax));
  }

  text(): string {
    const text = Buffer.from(this.#bytes).toString('utf8');
    // A cut may have left the end of a character or of an escape sequence: begin at a whole line.
    const whole = this.#cut ? text.slice(text.indexOf('\n') + 1) : text;
    return withoutControls(whole).trimEnd();
  }

  /** The last line that says something, for an error message; '' when there is none. */
  lastLine(): string {
    return (
      this.text()
        .slice(-2000)
        .split('\n')
        .findLast((line) => line.trim() !== '')
        ?.trim() ?? ''
    );
  }
}
