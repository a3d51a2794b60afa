import type { Source } from '#lib/crdt/source.ts';
import { createSubscriber } from 'svelte/reactivity';

/** A source as Svelte sees it: read inside an effect or a template, `current` keeps that reader up to date. */
export interface Observed<T> {
  readonly current: T;
}

/**
 * The one bridge from {@link Source}s to Svelte's reactivity. Many readers share one subscription; it ends when the last is gone.
 * Reading outside of an effect returns the present value and subscribes to nothing.
 *
 * Classes that hold an observed source must read it in plain getters, never in a `$derived` field: a derived that is read once
 * outside of an effect subscribes and is never released. Memoise in the component.
 */
export function observe<T>(source: Source<T>): Observed<T> {
  const subscribe = createSubscriber((update) => source.subscribe(update));
  return {
    get current() {
      subscribe();
      return source.read();
    },
  };
}
