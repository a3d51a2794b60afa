import { limits } from '#lib/domain/limits.ts';
import { createContext } from 'svelte';
import type { DiffText } from '../diff/diff-rows.ts';
import type { CodeJob, CodeResult } from './code-work.ts';
import type { Language } from './languages.ts';
import type { LineSpans } from './spans.ts';

/** The part of a Worker that is used. */
export interface CodeWorker {
  onmessage: ((event: MessageEvent<CodeResult>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(job: CodeJob): void;
  terminate(): void;
}

export interface CodeDeskOptions {
  readonly startWorker: () => CodeWorker;
  readonly after: (delayMs: number, task: () => void) => () => void;
  /** Fetches what compares texts on the page. */
  readonly loadCompare: () => Promise<CompareLines>;
}

type CompareLines = (
  before: string,
  after: string,
  options: { readonly timeoutMs: number },
) => DiffText;

interface Waiting {
  readonly job: CodeJob;
  readonly settle: (result: CodeResult) => void;
}

/**
 * Colouring and comparing of code, off the page's thread, one job at a time, each with an end: what takes too long, is too big
 * or fails comes back as `null` and is shown plain. Lives until `close`.
 */
export class CodeDesk {
  readonly #options: CodeDeskOptions;
  readonly #queue: Waiting[] = [];
  readonly #colors = new Map<string, Promise<readonly LineSpans[] | null>>();
  #compare: CompareLines | null = null;
  #worker: CodeWorker | null = null;
  #current: Waiting | null = null;
  #stopTimer: (() => void) | null = null;
  #lastId = 0;
  #closed = false;

  constructor(options: CodeDeskOptions) {
    this.#options = options;
  }

  color(code: string, language: Language): Promise<readonly LineSpans[] | null> {
    if (code.length > limits.codeColorCharsMax) return Promise.resolve(null);
    const key = `${language}\n${code}`;
    const known = this.#colors.get(key);
    if (known !== undefined) return known;
    const asked = this.#ask({ id: this.#nextId(), kind: 'color', code, language }).then((result) =>
      result.kind === 'color' ? result.lines : null,
    );
    this.#colors.set(key, asked);
    const oldest = this.#colors.keys().next();
    if (this.#colors.size > limits.codeResultsRemembered && oldest.done !== true)
      this.#colors.delete(oldest.value);
    return asked;
  }

  /** Resolves when small texts can be compared at once; also when that could not be fetched, as offline before the first visit. */
  async prepare(): Promise<void> {
    try {
      this.#compare = await this.#options.loadCompare();
    } catch {
      this.#compare = null;
    }
  }

  /** Compares on the spot, so that a small change is there with its card. @returns `null` when that is the worker's work */
  compareNow(before: string, after: string): DiffText | null {
    if (this.#compare === null) return null;
    const lines = countLines(before) + countLines(after);
    if (lines > limits.diffOnPageLinesMax) return null;
    const diff = this.#compare(before, after, { timeoutMs: limits.diffOnPageMsMax });
    return diff.matched ? diff : null;
  }

  /** @returns `null` when both texts differ too much to be compared in time */
  async compare(before: string, after: string): Promise<DiffText | null> {
    const result = await this.#ask({ id: this.#nextId(), kind: 'diff', before, after });
    return result.kind === 'diff' ? result.diff : null;
  }

  close(): void {
    this.#closed = true;
    this.#stopTimer?.();
    this.#worker?.terminate();
    this.#worker = null;
    const left = this.#current === null ? this.#queue : [this.#current, ...this.#queue];
    for (const { job, settle } of left.splice(0)) settle(failed(job, 'closed'));
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  #ask(job: CodeJob): Promise<CodeResult> {
    if (this.#closed) return Promise.resolve(failed(job, 'closed'));
    return new Promise((settle) => {
      this.#queue.push({ job, settle });
      this.#next();
    });
  }

  #next(): void {
    if (this.#current !== null) return;
    const next = this.#queue.shift();
    if (next === undefined) return;
    this.#current = next;
    const worker = (this.#worker ??= this.#start());
    this.#limit(limits.codeStartMsMax);
    worker.postMessage(next.job);
  }

  #start(): CodeWorker {
    const worker = this.#options.startWorker();
    worker.onmessage = ({ data }) => {
      if (data.id !== this.#current?.job.id) return;
      if (data.kind === 'begun') this.#limit(limits.codeAnswerMsMax);
      else this.#settle(data);
    };
    worker.onerror = () => {
      this.#restart('the worker failed');
    };
    return worker;
  }

  /** A worker without an answer by then has met a bad pattern: it is ended, and the rest goes on in a new one. */
  #limit(ms: number): void {
    this.#stopTimer?.();
    this.#stopTimer = this.#options.after(ms, () => {
      this.#restart('took too long');
    });
  }

  #restart(why: string): void {
    this.#worker?.terminate();
    this.#worker = null;
    if (this.#current !== null) this.#settle(failed(this.#current.job, why));
  }

  #settle(result: CodeResult): void {
    const current = this.#current;
    this.#current = null;
    this.#stopTimer?.();
    this.#stopTimer = null;
    current?.settle(result);
    this.#next();
  }
}

function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

const failed = ({ id }: CodeJob, why: string): CodeResult => ({ id, kind: 'failed', why });

export const [getCodeDesk, setCodeDesk] = createContext<CodeDesk>();
