import { describe, expect, test } from 'vitest';
import type { CodeJob } from './code-work.ts';
import { limits } from '#lib/domain/limits.ts';
import { CodeDesk, type CodeWorker } from './code-desk.ts';
import { LineColorer } from './color-lines.ts';
import { compareLines } from '../diff/compare-lines.ts';
import { languageNamed, languageOfPath } from './languages.ts';
import { spansOf } from './spans.ts';

/** Workers that answer when told to, and timers that are cranked by hand. */
function aDesk() {
  const workers: { asked: CodeJob[]; ended: boolean; worker: CodeWorker }[] = [];
  const timers: (() => void)[] = [];
  const desk = new CodeDesk({
    after: (_delay, task) => {
      timers.push(task);
      return () => timers.splice(timers.indexOf(task), 1);
    },
    loadCompare: () => Promise.resolve(compareLines),
    startWorker: () => {
      const entry = { asked: [] as CodeJob[], ended: false, worker: null as unknown as CodeWorker };
      entry.worker = {
        onmessage: null,
        onerror: null,
        postMessage: (job) => entry.asked.push(job),
        terminate: () => {
          entry.ended = true;
        },
      };
      workers.push(entry);
      return entry.worker;
    },
  });
  const answer = (index: number): void => {
    const entry = workers[index];
    const job = entry?.asked.at(-1);
    if (entry === undefined || job === undefined) throw new Error('nothing was asked');
    const data = { id: job.id, kind: 'color', lines: [[0, 1]] } as const;
    entry.worker.onmessage?.({ data } as unknown as MessageEvent);
  };
  return { desk, workers, timers, answer };
}

describe('the code desk', () => {
  test('asks one job at a time and remembers what it was told', async () => {
    const { desk, workers, answer } = aDesk();
    const first = desk.color('a', 'typescript');
    const second = desk.color('b', 'typescript');
    expect(workers[0]?.asked).toHaveLength(1);
    answer(0);
    await first;
    answer(0);
    expect(await second).toEqual([[0, 1]]);
    await desk.color('a', 'typescript');
    expect(workers[0]?.asked).toHaveLength(2);
  });

  test('[R9] a worker that does not answer in time is ended; its text stays plain and the next job goes on', async () => {
    const { desk, workers, timers, answer } = aDesk();
    const stuck = desk.color('(a+)+$', 'typescript');
    const next = desk.color('b', 'typescript');
    expect(timers).toHaveLength(1);
    workers[0]?.worker.onmessage?.({ data: { id: 1, kind: 'begun' } } as unknown as MessageEvent);
    expect(timers).toHaveLength(1);
    timers[0]?.();
    expect(await stuck).toBeNull();
    expect(workers[0]?.ended).toBe(true);
    answer(1);
    expect(await next).toEqual([[0, 1]]);
  });

  test('[R9] code of the size limit is coloured, one character more is not', async () => {
    const { desk, workers, answer } = aDesk();
    expect(await desk.color('x'.repeat(limits.codeColorCharsMax + 1), 'typescript')).toBeNull();
    expect(workers).toHaveLength(0);
    const asked = desk.color('x'.repeat(limits.codeColorCharsMax), 'typescript');
    answer(0);
    expect(await asked).not.toBeNull();
  });

  test('[R9] small texts are compared on the spot, those over the limit by the worker', async () => {
    const { desk } = aDesk();
    expect(desk.compareNow('a\n', 'b\n')).toBeNull();
    await desk.prepare();
    expect(desk.compareNow('a\n', 'b\n')).toMatchObject({ added: 1, removed: 1 });
    const half = 'x\n'.repeat(limits.diffOnPageLinesMax / 2 - 1);
    expect(desk.compareNow(half, half)).not.toBeNull();
    expect(desk.compareNow(`${half}x\n`, half)).toBeNull();
  });

  test('closing ends the worker and answers what was asked', async () => {
    const { desk, workers } = aDesk();
    const open = desk.color('a', 'typescript');
    desk.close();
    expect(await open).toBeNull();
    expect(workers[0]?.ended).toBe(true);
  });
});

test('TypeScript is coloured by kind, and every character is there', async () => {
  const code = "const at = Date.parse('x'); // HTTP-date\nreturn 42;";
  const lines = await new LineColorer().color(code, 'typescript');
  const spans = code.split('\n').map((line, index) => spansOf(line, lines[index]));
  expect(spans.map((line) => line.map((span) => span.text).join('')).join('\n')).toBe(code);
  const kindOf = (text: string) => spans.flat().find((span) => span.text.includes(text))?.kind;
  expect(kindOf('const')).toBe('keyword');
  expect(kindOf("'x'")).toBe('string');
  expect(kindOf('HTTP')).toBe('comment');
  expect(kindOf('42')).toBe('number');
  expect(kindOf('parse')).toBe('call');
});

test('colours of another text leave the line plain and whole', () => {
  expect(spansOf('abc', [1, 2])).toEqual([{ text: 'abc', kind: 'plain' }]);
});

describe('languages', () => {
  test('are found by what is written after the fence and by a file’s name', () => {
    expect(languageNamed('ts title="a.ts"')).toBe('typescript');
    expect(languageNamed('nonsense')).toBeNull();
    expect(languageOfPath('src/http/retry.test.ts')).toBe('typescript');
    expect(languageOfPath('Dockerfile')).toBe('docker');
    expect(languageOfPath('notes')).toBeNull();
  });
});
