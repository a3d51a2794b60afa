/** A line was longer than allowed; the stream cannot be read any further. */
export class LineTooLongError extends Error {
  constructor(bytesMax: number) {
    super(`expected lines of at most ${String(bytesMax)} bytes, got a longer one`);
    this.name = 'LineTooLongError';
  }
}

const lineFeed = 0x0a;

/** Cuts a byte stream into lines of at most `bytesMax` bytes; never holds more than one such line. */
export class LineSplitter {
  readonly #bytesMax: number;
  #begun: Uint8Array[] = [];
  #begunBytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /**
   * The lines that `chunk` completes, without their ends.
   *
   * @throws LineTooLongError
   */
  *push(chunk: Uint8Array): Generator<string> {
    let from = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, from)) {
      this.#keep(chunk.subarray(from, end));
      yield this.#take();
      from = end + 1;
    }
    this.#keep(chunk.subarray(from));
  }

  /** What came after the last line end, or `null`. */
  rest(): string | null {
    return this.#begunBytes === 0 ? null : this.#take();
  }

  #keep(part: Uint8Array): void {
    if (part.byteLength === 0) return;
    if (this.#begunBytes + part.byteLength > this.#bytesMax) {
      this.#begun = [];
      this.#begunBytes = 0;
      throw new LineTooLongError(this.#bytesMax);
    }
    this.#begun.push(part);
    this.#begunBytes += part.byteLength;
  }

  #take(): string {
    const line = Buffer.concat(this.#begun, this.#begunBytes).toString('utf8');
    this.#begun = [];
    this.#begunBytes = 0;
    return line;
  }
}
