import { CodeDesk, type CodeDeskOptions } from './code-desk.ts';

/** A desk with a real worker. */
export const browserCodeDesk = (after: CodeDeskOptions['after']): CodeDesk =>
  new CodeDesk({
    after,
    loadCompare: async () => (await import('../diff/compare-lines.ts')).compareLines,
    startWorker: () =>
      new Worker(new URL('./code.worker.ts', import.meta.url), { type: 'module', name: 'code' }),
  });
