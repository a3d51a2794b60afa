import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sessionDocument } from '#lib/crdt/session-document.ts';
import { newSessionId, projectIdSchema, type PromptId, type SessionId } from '#lib/domain/ids.ts';
import type { ProjectInfo } from '#lib/domain/project.ts';
import type { GitObserver } from '../../server/bridge/git/git-observer.ts';
import type { Projects } from '../../server/bridge/projects/projects.ts';
import { memoryStorage, type MemoryStorage } from '../../server/storage/memory-storage.ts';
import { BridgeLife } from '../fixtures/bridge-life.ts';
import { ManualTime, seededRandom } from '../fixtures/manual-time.ts';
import { ScriptedStarter } from '../fixtures/scripted-agent.ts';
import { scriptedAgent } from '../fixtures/session-bench.ts';
import { until } from '../fixtures/until.ts';

const project: ProjectInfo = {
  v: 1,
  id: projectIdSchema.parse('p'),
  name: 'Project',
  path: tmpdir(),
  playground: false,
  status: { kind: 'missing', message: 'not read in this test', since: 0 },
};

/** A repository that is missing: no figures of changed files, and no git. */
const projects: Projects = {
  start: () => Promise.resolve(),
  stop: () => Promise.resolve(),
  get: () => project,
  list: () => [project],
  repositoryOf: () => null,
  refresh: () => Promise.resolve(),
};

const unasked = (): never => {
  throw new Error('git is not asked while the repository is missing');
};
const observer: GitObserver = {
  describe: unasked,
  head: unasked,
  worktrees: unasked,
  status: unasked,
  differences: unasked,
  paths: unasked,
  known: unasked,
};

/** What people, the agent and the machine do, in any order; `turns` of the event loop pass after each. */
type Deed =
  | { readonly kind: 'write' | 'edit' | 'withdraw' | 'move' }
  | { readonly kind: 'finish' | 'die' | 'start' | 'stop' | 'cancel' }
  | { readonly kind: 'kill' };

const deed: fc.Arbitrary<{ readonly deed: Deed; readonly microtasks: number }> = fc.record({
  deed: fc.oneof(
    { weight: 6, arbitrary: fc.constant<Deed>({ kind: 'write' }) },
    {
      weight: 2,
      arbitrary: fc.constantFrom<Deed>({ kind: 'edit' }, { kind: 'withdraw' }, { kind: 'move' }),
    },
    { weight: 4, arbitrary: fc.constant<Deed>({ kind: 'finish' }) },
    {
      weight: 2,
      arbitrary: fc.constantFrom<Deed>(
        { kind: 'die' },
        { kind: 'start' },
        { kind: 'stop' },
        { kind: 'cancel' },
      ),
    },
    { weight: 3, arbitrary: fc.constant<Deed>({ kind: 'kill' }) },
  ),
  microtasks: fc.integer({ min: 0, max: 120 }),
});

class Story {
  readonly random = seededRandom(7);
  readonly given: { readonly promptId: string; readonly onDisk: boolean }[] = [];
  readonly written = new Set<PromptId>();
  readonly withdrawn = new Set<PromptId>();
  readonly checks: Promise<void>[] = [];
  sessionId: SessionId = newSessionId({ now: () => 0 }, this.random);
  storage: MemoryStorage = memoryStorage(this.random);
  #life: BridgeLife | null = null;
  #starter = new ScriptedStarter();
  #time = new ManualTime();
  /** At the end the agent answers by itself. */
  #obliging = false;

  get life(): BridgeLife {
    if (this.#life === null) throw new Error('no life has begun');
    return this.#life;
  }

  async begin(): Promise<void> {
    const storage = this.storage;
    this.#starter = new ScriptedStarter();
    this.#time = new ManualTime();
    this.#starter.onPrompt = (run, text) => {
      const promptId = text.split(' ')[0] ?? '';
      // Read from the tables of what was committed, at the moment the agent has it.
      this.checks.push(
        storage.handedOver(this.sessionId).then((handed) => {
          this.given.push({ promptId, onDisk: handed.has(promptId as PromptId) });
        }),
      );
      if (this.#obliging) run.finish();
    };
    this.#life = await BridgeLife.begin({
      storage,
      starter: this.#starter,
      discover: () => Promise.resolve([scriptedAgent]),
      observer,
      projects: () => Promise.resolve(projects),
      clock: this.#time,
      random: this.random,
      scheduler: this.#time,
    });
  }

  async create(): Promise<void> {
    await this.life.send('session.create', {
      sessionId: this.sessionId,
      agentId: scriptedAgent.info.id,
      worktree: { kind: 'in_place' },
    });
  }

  /** Everything that was not on disk is gone; what the old life still does runs into a closed database. */
  async kill(): Promise<void> {
    this.storage = this.storage.restart(this.random);
    await this.begin();
  }

  async do({ kind }: Deed): Promise<void> {
    const { life, sessionId } = this;
    switch (kind) {
      case 'write':
        this.written.add(await life.prompt(sessionId, (id) => `${id} first`));
        return;
      case 'edit': {
        const [id] = await life.promptIds(sessionId);
        if (id !== undefined) await this.#rewrite(id, `edited ${String(this.random.next())}`);
        return;
      }
      case 'withdraw': {
        const id = (await life.promptIds(sessionId)).at(-1);
        if (id === undefined) return;
        this.withdrawn.add(id);
        await life.edit(sessionId, (doc) => {
          sessionDocument(doc).withdrawPrompt(id);
        });
        return;
      }
      case 'move': {
        const ids = await life.promptIds(sessionId);
        const [first] = ids;
        const last = ids.at(-1);
        if (first === undefined || last === undefined || first === last) return;
        await life.edit(sessionId, (doc) => {
          sessionDocument(doc).movePrompt(last, null, first);
        });
        return;
      }
      case 'finish':
        this.#starter.runs.at(-1)?.finish();
        return;
      case 'die':
        this.#starter.runs.at(-1)?.die(1, null);
        return;
      case 'start':
        await life.send('session.start', {}, sessionId);
        return;
      case 'stop':
        await life.send('session.stop', {}, sessionId);
        return;
      case 'cancel': {
        const run = (await life.state(sessionId)).field('run').read();
        if (run?.kind === 'running')
          await life.send('turn.cancel', { turnId: run.turnId }, sessionId);
        return;
      }
      case 'kill':
        await this.kill();
        return;
    }
  }

  /** The text begins with the id, so that what the agent got can be told apart. */
  async #rewrite(id: PromptId, words: string): Promise<void> {
    await this.life.edit(this.sessionId, (doc) => {
      const session = sessionDocument(doc);
      const found = session.prompts.read().find(({ prompt }) => prompt.id === id);
      if (found !== undefined) session.putPrompt({ ...found.prompt, text: `${id} ${words}` });
    });
  }

  /** A last life with a person who says go, and an agent that answers: what can be handed over is. */
  async settle(): Promise<void> {
    this.#obliging = true;
    await this.kill();
    await this.life.send('session.start', {}, this.sessionId);
    await until(() => this.#starter.runs.length > 0, 'the last agent');
    for (const id of await this.life.promptIds(this.sessionId))
      await expect
        .poll(async () => (await this.life.state(this.sessionId)).receipts.read().has(id), {
          timeout: 10_000,
          interval: 1,
        })
        .toBe(true);
    await Promise.all(this.checks);
  }
}

test('[SE1][SE2][SE4] whatever dies when: each prompt is given at most once, after its receipt is on disk, and none is lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 1, maxLength: 14 }), async (deeds) => {
      const story = new Story();
      await story.begin();
      await story.create();
      for (const { deed: what, microtasks } of deeds) {
        await story.do(what);
        for (let count = 0; count < microtasks; count += 1) await Promise.resolve();
      }
      await story.settle();

      const times = new Map<string, number>();
      for (const { promptId, onDisk } of story.given) {
        expect(onDisk).toBe(true);
        times.set(promptId, (times.get(promptId) ?? 0) + 1);
      }
      expect([...times.values()].every((count) => count === 1)).toBe(true);

      const receipts = (await story.life.state(story.sessionId)).receipts.read();
      for (const id of story.written) {
        const receipt = receipts.get(id);
        if (receipt === undefined) {
          expect(story.withdrawn.has(id)).toBe(true);
          expect(times.has(id)).toBe(false);
        } else if (!times.has(id)) {
          // On disk, and nobody lived to give it: it is offered again.
          expect(receipt.state).toBe('interrupted');
        }
      }
      const handed = (await story.life.items(story.sessionId)).filter(
        ({ kind }) => kind === 'prompt',
      );
      expect(handed).toHaveLength(receipts.size);
      await story.life.end();
    }),
    { seed: 20_261_122, numRuns: 150, endOnFailure: false },
  );
}, 120_000);
