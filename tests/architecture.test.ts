import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findings, linesMax } from '../scripts/architecture/findings.mjs';
import { readSource } from '../scripts/architecture/source-file.mjs';
import { inProject } from '../scripts/launcher/project.mjs';

function filesUnder(folder: string): string[] {
  return readdirSync(inProject(folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesUnder(path);
      return /\.(ts|mjs|svelte)$/.test(entry.name) && !entry.name.endsWith('.d.ts') ? [path] : [];
    })
    .sort();
}

describe('the project', () => {
  const files = ['src', 'server', 'scripts', 'tests']
    .flatMap(filesUnder)
    .map((path) => readSource(path, readFileSync(join(inProject('.'), path), 'utf8')));

  test('crosses no layer, has no cycle, no overlong or vaguely named file, no raw HTML, no any', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(findings(files)).toEqual([]);
  });
});

/** What the checker finds in one file, or in several that import each other. */
function found(sources: Record<string, string>): string[] {
  return findings(Object.entries(sources).map(([path, text]) => readSource(path, text)));
}

describe('the checker', () => {
  test('lets imports point downwards', () => {
    expect(
      found({
        'src/lib/domain/task.ts': `import * as z from 'zod/mini';`,
        'src/lib/crdt/tasks-document.ts': `import * as Y from 'yjs';\nimport type { Task } from '#lib/domain/task.ts';`,
        'src/lib/views/tasks.svelte.ts': `import { tasksOf } from '#lib/crdt/tasks-document.ts';`,
        'src/lib/components/task/TaskRow.svelte': `<script lang="ts">import { tasks } from '#lib/views/tasks.svelte.ts';</script>`,
        'server/storage/database.ts': `import { DatabaseSync } from 'node:sqlite';`,
      }),
    ).toEqual([]);
  });

  test.each([
    ['src/lib/domain/task.ts', `import * as Y from 'yjs';`],
    ['src/lib/domain/task.ts', `import { x } from '#lib/crdt/x.ts';`],
    ['src/lib/domain/task.ts', `import type { x } from '../crdt/x.ts';`],
    ['src/lib/domain/task.ts', `export * from '../sync/x.ts';`],
    ['src/lib/domain/task.ts', `import 'node:fs';`],
    ['src/lib/crdt/x.ts', `import { get } from 'svelte/store';`],
    ['src/lib/sync/wire/frame.ts', `import { replica } from '../replica.ts';`],
    ['src/lib/sync/replica.ts', `import { tick } from 'svelte';`],
    ['src/lib/sync/replica.ts', `const fs = await import('node:fs');`],
    ['src/lib/views/x.svelte.ts', `import X from '#lib/components/shared/X.svelte';`],
    ['src/lib/components/task/X.svelte', `<script>import * as Y from 'yjs';</script>`],
    ['src/lib/components/task/X.svelte', `<script>import { r } from '#lib/sync/r.ts';</script>`],
    ['src/lib/components/task/X.svelte', `<script>import { r } from '$lib/crdt/r.ts';</script>`],
    [
      'src/lib/components/shared/X.svelte',
      `<script>import { t } from '#lib/domain/t.ts';</script>`,
    ],
    ['src/lib/components/task/x.ts', `new Worker(new URL('../../sync/x.ts', import.meta.url));`],
    ['src/routes/tasks/+page.svelte', `<script>import { r } from '#lib/sync/r.ts';</script>`],
    ['src/routes/+page.ts', `import { main } from '../../server/main.ts';`],
    ['server/bridge/git/status.ts', `import * as Y from 'yjs';`],
    ['server/bridge/git/status.ts', `import { rooms } from '../../sync/rooms.ts';`],
    ['server/bridge/git/status.ts', `import { route } from '../../http/route.ts';`],
    ['server/journal/journal.ts', `import { DatabaseSync } from 'node:sqlite';`],
    ['server/main.ts', `import { view } from '../src/lib/views/view.svelte.ts';`],
  ])('finds a crossing: %s with %s', (path, text) => {
    expect(found({ [path]: text })).toEqual([expect.stringContaining(`${path}: imports `)]);
  });

  test('finds a file that is in no layer', () => {
    expect(found({ 'src/lib/stuff/x.ts': '' })).toEqual([
      expect.stringContaining('src/lib/stuff/x.ts: is in no layer'),
    ]);
  });

  test('lets a test import anything', () => {
    expect(found({ 'src/lib/domain/task.test.ts': `import 'node:fs';\nimport 'vitest';` })).toEqual(
      [],
    );
  });

  test('finds a cycle, by types as well, and names its way', () => {
    const sources = {
      'src/lib/domain/a.ts': `import { b } from './b.ts';`,
      'src/lib/domain/b.ts': `import type { c } from '#lib/domain/c.ts';`,
      'src/lib/domain/c.ts': `import('./a.ts');`,
      'src/lib/domain/d.ts': `import { a } from './a.ts';`,
    };
    expect(found(sources)).toEqual([
      'src/lib/domain/a.ts: imports itself by way of src/lib/domain/b.ts → src/lib/domain/c.ts → src/lib/domain/a.ts',
    ]);
    expect(found({ ...sources, 'src/lib/domain/c.ts': '' })).toEqual([]);
  });

  test('lets a component show itself', () => {
    const path = 'src/lib/components/task/Tree.svelte';
    expect(found({ [path]: `<script>import Self from './Tree.svelte';</script>` })).toEqual([]);
  });

  test(`finds a file of more than ${linesMax} lines`, () => {
    const path = 'server/main.ts';
    expect(found({ [path]: '\n'.repeat(linesMax) })).toEqual([]);
    expect(found({ [path]: '\n'.repeat(linesMax + 1) })).toEqual([
      expect.stringContaining(`${path}: ${linesMax + 1} lines`),
    ]);
  });

  test.each([
    'src/lib/domain/utils.ts',
    'src/lib/domain/date-helpers.ts',
    'src/lib/components/task/TaskManager.svelte',
    'server/common/x.ts',
    'server/sync/room-store.ts',
    'scripts/misc.mjs',
  ])('finds a name that says nothing: %s', (path) => {
    expect(found({ [path]: '' })).toContainEqual(expect.stringContaining('does not say what'));
  });

  test('finds raw HTML in markup, and not in a comment', () => {
    const path = 'src/lib/components/task/X.svelte';
    expect(found({ [path]: '<p>{@html body}</p>' })).toEqual([expect.stringContaining('{@html}')]);
    expect(found({ [path]: '<!-- never {@html} -->' })).toEqual([]);
  });

  test.each([
    ['src/lib/domain/x.ts', 'const x = y as any;'],
    ['src/lib/domain/x.ts', 'const x = <any>y;'],
    ['src/lib/components/task/X.svelte', '<script lang="ts">const x = y as any;</script>'],
    ['src/lib/components/task/X.svelte', '<Row task={task as any} />'],
  ])('finds a cast to any: %s with %s', (path, text) => {
    expect(found({ [path]: text })).toEqual([expect.stringContaining('a cast to any')]);
  });

  test('takes no word in a comment or a string for a cast', () => {
    expect(found({ 'src/lib/domain/x.ts': `// as any\nconst x = 'as any';` })).toEqual([]);
  });
});
