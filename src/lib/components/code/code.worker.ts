import { reasonOf } from '#lib/domain/failure.ts';
import { limits } from '#lib/domain/limits.ts';
import { compareLines } from '../diff/compare-lines.ts';
import type { CodeJob, CodeResult } from './code-work.ts';
import { LineColorer } from './color-lines.ts';

const colorer = new LineColorer();

async function work(job: CodeJob): Promise<CodeResult> {
  const { id } = job;
  const begin = (): void => {
    self.postMessage({ id, kind: 'begun' } satisfies CodeResult);
  };
  try {
    if (job.kind === 'color')
      return { id, kind: 'color', lines: await colorer.color(job.code, job.language, begin) };
    begin();
    return {
      id,
      kind: 'diff',
      diff: compareLines(job.before, job.after, { timeoutMs: limits.diffMsMax }),
    };
  } catch (thrown) {
    return { id, kind: 'failed', why: reasonOf(thrown) };
  }
}

self.onmessage = ({ data }: MessageEvent<CodeJob>) => {
  void work(data).then((result) => {
    self.postMessage(result);
  });
};
