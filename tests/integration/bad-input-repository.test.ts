import { rename } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProjectStatus } from '#lib/domain/project.ts';
import { eventually } from '../fixtures/eventually.ts';
import { PairedBridge, playground, type WatchedSession } from '../fixtures/paired-bridge.ts';

/** A repository that is moved away under its sessions, and comes back; another one beside it stays. */

let bridge: PairedBridge;
let here: WatchedSession;
let beside: WatchedSession;

const path = (): string => bridge.repositories[0]?.path ?? '';
const away = (): string => `${path()}-away`;
const status = (): ProjectStatus | undefined =>
  here.index.projects.read().find((project) => project.path === path())?.status;

beforeAll(async () => {
  bridge = await PairedBridge.start(2);
  here = await bridge.owner.session(playground, path());
  beside = await bridge.owner.session(playground, bridge.repositories[1]?.path ?? '');
  here.prompt('say one');
  beside.prompt('say one');
  await here.untilTurns(1);
  await beside.untilTurns(1);
  await eventually(() => status()?.kind === 'read');
  await rename(path(), away());
});
afterAll(async () => {
  await here[Symbol.asyncDispose]();
  await beside[Symbol.asyncDispose]();
  await bridge[Symbol.asyncDispose]();
});

test('while its agent lives a turn goes on without figures, and the project says that it is gone', async () => {
  here.prompt('say two');
  await here.untilTurns(2);
  expect(here.answer).toContain('two');
  expect(here.items('turn_end').at(-1)).toMatchObject({
    stopReason: 'end_turn',
    filesChanged: null,
  });
  await eventually(() => status()?.kind === 'missing');
  expect(status()).toMatchObject({
    message: `There is no readable repository at ${path()} any more. Sessions and what was said in them stay.`,
  });
});

test('another repository goes on, its figures included', async () => {
  beside.prompt('create hello.txt with "hi"');
  const asked = await eventually(() => beside.state.permissions.read()[0]);
  const allow = asked.options.find(({ kind }) => kind === 'allow_once');
  await beside.command('permission.answer', {
    permissionId: asked.id,
    hash: asked.hash,
    optionId: allow?.optionId ?? '',
  });
  await beside.untilTurns(2);
  expect(beside.items('turn_end').at(-1)).toMatchObject({
    stopReason: 'end_turn',
    filesChanged: 1,
  });
});

test('an agent is not started where nothing is: the session says which directory, and the prompt waits', async () => {
  await here.command('session.stop', {});
  await here.untilRun('ended');
  const prompt = here.prompt('say three');
  const message = `The directory ${path()} is not there. The agent was not started.`;
  await eventually(() => here.run?.kind === 'ended' && here.run.message === message);
  await eventually(() => here.notices.includes(message));
  expect(here.queue.prompts.read().map((queued) => queued.prompt.id)).toContain(prompt.id);
  expect(here.state.receipts.read().has(prompt.id)).toBe(false);
});

test('when it is back, the agent starts, the prompt is answered and the project is read again', async () => {
  await rename(away(), path());
  await here.command('session.start', {});
  await here.untilTurns(3);
  expect(here.answer).toContain('three');
  await eventually(() => status()?.kind === 'read');
  expect(here.items('prompt').map(({ text }) => text)).toEqual(['say one', 'say two', 'say three']);
});
