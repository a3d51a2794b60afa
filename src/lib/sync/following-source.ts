import type { Source } from '#lib/crdt/source.ts';
import { SettableSource } from './settable-source.ts';

/** A source that shows another one, and another after that: for what is made anew while its readers stay. */
export class FollowingSource<T> implements Source<T> {
  readonly #shown: SettableSource<T>;
  #unfollow: () => void = () => undefined;

  constructor(initial: T) {
    this.#shown = new SettableSource(initial);
  }

  follow(source: Source<T>): void {
    this.#unfollow();
    this.#unfollow = source.subscribe(() => {
      this.#shown.set(source.read());
    });
    this.#shown.set(source.read());
  }

  /** Shows this value from now on. */
  rest(value: T): void {
    this.#unfollow();
    this.#unfollow = () => undefined;
    this.#shown.set(value);
  }

  read(): T {
    return this.#shown.read();
  }

  subscribe(listener: () => void): () => void {
    return this.#shown.subscribe(listener);
  }
}
