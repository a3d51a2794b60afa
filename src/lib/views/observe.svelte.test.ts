import { SettableSource } from '#lib/sync/settable-source.ts';
import { flushSync } from 'svelte';
import { expect, test } from 'vitest';
import { observe } from './observe.svelte.ts';

/** A source that counts who listens. */
class CountingSource extends SettableSource<number> {
  listeners = 0;

  override subscribe(listener: () => void): () => void {
    const end = super.subscribe(listener);
    this.listeners += 1;
    return () => {
      this.listeners -= 1;
      end();
    };
  }
}

test('two readers share one subscription, which ends with the last of them', async () => {
  const source = new CountingSource(1);
  const observed = observe(source);
  const seen: number[] = [];
  const stop = $effect.root(() => {
    $effect(() => void seen.push(observed.current));
    $effect(() => void seen.push(observed.current * 10));
  });
  flushSync();
  expect(source.listeners).toBe(1);
  source.set(2);
  flushSync();
  stop();
  await Promise.resolve();
  expect(source.listeners).toBe(0);
  expect(seen).toEqual([1, 10, 2, 20]);
});

test('reading outside of an effect subscribes to nothing', () => {
  const source = new CountingSource(1);
  expect(observe(source).current).toBe(1);
  expect(source.listeners).toBe(0);
});
