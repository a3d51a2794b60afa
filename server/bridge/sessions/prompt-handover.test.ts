import { expect, test } from 'vitest';
import { limits } from '#lib/domain/limits.ts';
import { sessionBench } from '../../../tests/fixtures/session-bench.ts';
import { until } from '../../../tests/fixtures/until.ts';
import { sha256Of } from './blob-desk.ts';

test('[SE1] a prompt that arrives starts the agent and is handed over with a receipt', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  await bench.untilRun(id, 'none');
  const { prompt } = bench.prompt(id, 'Say hello');
  await bench.untilPrompted(1);
  expect(bench.starter.last.prompts).toEqual([{ text: 'Say hello', images: [] }]);
  const [item] = bench.items(id, 'prompt');
  expect(bench.shown(id).receipts.get(prompt.id)).toMatchObject({
    state: 'handed',
    text: 'Say hello',
    itemId: item?.id,
    turnId: item?.turnId,
  });
  bench.starter.last.finish();
  await bench.untilTurns(id, 1);
  expect(bench.shown(id).receipts.get(prompt.id)?.state).toBe('answered');
  expect(bench.items(id, 'turn_end')[0]).toMatchObject({ number: 1, stopReason: 'end_turn' });
});

test('[SE2] the receipt is on disk before the agent gets anything', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  await bench.untilRun(id, 'none');
  bench.prompt(id, 'first');
  await bench.untilPrompted(1);
  const { promise: disk, resolve: letGo } = Promise.withResolvers<undefined>();
  const isSigned = (): boolean => bench.items(id, 'prompt').length === 2;
  bench.record.beforeDisk = () => (isSigned() ? disk : Promise.resolve());
  bench.starter.last.finish();
  bench.prompt(id, 'second');
  await until(isSigned, 'the receipt of the second prompt, on its way to the disk');
  expect(bench.starter.last.prompts).toHaveLength(1);
  letGo(undefined);
  await bench.untilPrompted(2);
  expect(bench.items(id, 'prompt')).toHaveLength(2);
});

test('[SE3] prompts go in order, the next only after the result of the last', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  bench.prompts.set(id, [bench.queued('one'), bench.queued('two'), bench.queued('three')]);
  for (const [index, text] of ['one', 'two', 'three'].entries()) {
    await bench.untilPrompted(index + 1);
    expect(bench.starter.last.prompts.map((given) => given.text)[index]).toBe(text);
    expect(bench.starter.last.busy).toBe(true);
    bench.starter.last.finish();
  }
  await bench.untilTurns(id, 3);
  expect(bench.starter.runs).toHaveLength(1);
});

test('[SE4] a prompt whose receipt exists is never handed again, also when it was edited since', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  const queued = bench.prompt(id, 'as it was');
  await bench.untilPrompted(1);
  bench.starter.last.finish();
  await bench.untilTurns(id, 1);
  bench.prompts.set(id, [{ ...queued, prompt: { ...queued.prompt, text: 'edited late' } }]);
  const other = bench.queued('another');
  bench.prompts.add(id, other);
  await bench.untilPrompted(2);
  expect(bench.starter.last.prompts.map(({ text }) => text)).toEqual(['as it was', 'another']);
});

test('[SE5] a prompt open in an editor holds up the queue until it is let go', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  await bench.untilRun(id, 'none');
  const held = bench.queued('being edited', { held: true });
  const behind = bench.queued('behind');
  bench.prompts.set(id, [held, behind]);
  bench.prompts.set(id, [
    { ...held, held: false, prompt: { ...held.prompt, text: 'edited' } },
    behind,
  ]);
  await bench.untilPrompted(1);
  expect(bench.starter.last.prompts[0]?.text).toBe('edited');
});

test('[SE6] a prompt waits for its blobs; images reach the agent, other contents are named as not handed over', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  const image = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1]);
  const text = new TextEncoder().encode('plain');
  const queued = bench.queued('look', { blobs: [sha256Of(image), sha256Of(text)] });
  bench.prompts.set(id, [queued]);
  await bench.storage.commit([{ kind: 'blob', sha256: sha256Of(text), bytes: text }]);
  await until(() => bench.time.pending > 1, 'a look for the blob later');
  expect(bench.starter.runs).toHaveLength(0);
  await bench.storage.commit([{ kind: 'blob', sha256: sha256Of(image), bytes: image }]);
  bench.time.advance(limits.blobWaitMs);
  await bench.untilPrompted(1);
  expect(bench.starter.last.prompts[0]?.images).toEqual([
    { sha256: sha256Of(image), mimeType: 'image/png', bytes: image },
  ]);
  expect(bench.items(id, 'notice').map((notice) => notice.text)).toEqual([
    expect.stringContaining('is not a PNG, JPEG, GIF or WebP image'),
  ]);
});

test('[SE7] a prompt withdrawn at the last moment is not handed over', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  await bench.send('session.start', {}, id);
  await bench.untilRun(id, 'idle');
  const before = bench.prompts.reads;
  bench.prompt(id, 'taken back');
  // The first look found it; the second, after the tree was read, does not.
  await until(() => bench.prompts.reads > before, 'the first look');
  bench.prompts.set(id, [bench.queued('stays')]);
  await bench.untilPrompted(1);
  expect(bench.starter.last.prompts.map(({ text }) => text)).toEqual(['stays']);
});

test('[SE8] a full disk: the prompt is not given to the agent, the queue waits for a person, nothing is lost', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  await bench.send('session.start', {}, id);
  await bench.untilRun(id, 'idle');
  bench.storage.faults.full = true;
  const first = bench.prompt(id, 'first');
  const second = bench.prompt(id, 'second');
  await bench.untilTurns(id, 1);
  expect(bench.items(id, 'turn_end')[0]).toMatchObject({
    stopReason: 'interrupted',
    message: expect.stringContaining('disk is full') as string,
  });
  expect(bench.shown(id).receipts.get(first.prompt.id)?.state).toBe('interrupted');
  await bench.untilRun(id, 'idle');
  bench.storage.faults.full = false;
  await bench.send('session.start', {}, id);
  await bench.untilPrompted(1);
  expect(bench.starter.last.prompts.map(({ text }) => text)).toEqual([second.prompt.text]);
});

test('[SE9] while a restored database waits for its release nothing is handed over', async () => {
  const bench = await sessionBench((before) => {
    Object.defineProperty(before.storage, 'life', {
      value: { ...before.storage.life, kind: 'restored', paused: true },
      writable: true,
    });
  });
  const id = await bench.create();
  await bench.untilRun(id, 'none');
  const before = bench.prompts.reads;
  bench.prompt(id, 'wait');
  await until(() => bench.prompts.reads > before, 'a look at the queue');
  await new Promise((resolve) => setImmediate(resolve));
  expect(bench.starter.runs).toHaveLength(0);
  Object.defineProperty(bench.storage, 'life', {
    value: { ...bench.storage.life, paused: false },
  });
  bench.engine.released();
  await bench.untilPrompted(1);
});

test('[SE10] receipts that no device needs any more are dropped, and their prompts still never handed again', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  const queued = bench.prompt(id, 'long ago');
  await bench.untilPrompted(1);
  bench.starter.last.finish();
  await bench.untilTurns(id, 1);
  bench.time.advance(limits.receiptKeptMsMax - limits.timeMarkMs);
  expect(bench.shown(id).receipts.has(queued.prompt.id)).toBe(true);
  bench.time.advance(2 * limits.timeMarkMs);
  expect(bench.shown(id).receipts.has(queued.prompt.id)).toBe(false);
  await bench.record.durable();
  await bench.crash();
  bench.prompt(id, 'new');
  await bench.untilPrompted(2);
  expect(bench.starter.last.prompts.map(({ text }) => text)).toEqual(['new']);
});

test('[SE4] a receipt that devices miss is put again, from memory or from the transcript', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  const queued = bench.prompt(id, 'once');
  await bench.untilPrompted(1);
  bench.starter.last.finish();
  await bench.untilTurns(id, 1);
  await bench.untilRun(id, 'idle');
  const missing = (): void => {
    bench.record.session(id).dropReceipt(queued.prompt.id);
    bench.prompts.set(id, [queued]);
  };
  missing();
  await until(() => bench.shown(id).receipts.has(queued.prompt.id), 'the receipt from memory');

  bench.record.session(id).dropReceipt(queued.prompt.id);
  await bench.record.durable();
  await bench.crash();
  bench.prompts.set(id, [queued]);
  await until(() => bench.shown(id).receipts.has(queued.prompt.id), 'the receipt from the items');
  expect(bench.shown(id).receipts.get(queued.prompt.id)).toMatchObject({
    text: 'once',
    state: 'answered',
    itemId: bench.items(id, 'prompt')[0]?.id,
  });
  expect(bench.starter.runs.flatMap((run) => run.prompts)).toHaveLength(1);
});
