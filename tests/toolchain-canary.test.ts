import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inProject } from '../scripts/launcher/project.mjs';

/**
 * A type check that looks at nothing reports no error. So a copy of each configuration, with its real
 * files and one that is wrong, has to fail, and for that file alone.
 */
let directory = '';
/** The first of them reads the whole project, and a busy machine may be slow at it. */
const patience = 120_000;

function run(script: string, ...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [inProject(script), ...args], {
    cwd: inProject('.'),
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

beforeAll(() => {
  run('node_modules/@sveltejs/kit/svelte-kit.js', 'sync');
  mkdirSync(inProject('.svelte-kit'), { recursive: true });
  directory = mkdtempSync(inProject('.svelte-kit/canary-'));
}, patience);

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function configure(base: string, include: readonly string[]): string {
  const config = join(directory, `tsconfig.${base}.json`);
  const content = { extends: `../../${base}`, include: [...include, './wrong*'] };
  writeFileSync(config, JSON.stringify(content));
  return config;
}

const wrongLine = `export const wrong: number = 'not a number';\n`;

test(
  'svelte-check reads the components and reports a type error in one, and in a module',
  () => {
    writeFileSync(join(directory, 'wrong-module.ts'), wrongLine);
    writeFileSync(
      join(directory, 'wrong-component.svelte'),
      `<script lang="ts">\n  const wrong: number = 'not a number';\n</script>\n\n{wrong}\n`,
    );
    const config = configure('tsconfig.json', [
      '../../src/**/*.ts',
      '../../src/**/*.svelte',
      '../*.d.ts',
      '../types/**/$types.d.ts',
    ]);
    const { status, output } = run(
      'node_modules/svelte-check/bin/svelte-check',
      '--output=machine',
      '--threshold=error',
      `--tsconfig=${config}`,
    );
    expect(status).toBe(1);
    expect(output).toMatch(/ERROR "[^"]*wrong-component\.svelte"/);
    expect(output).toMatch(/ERROR "[^"]*wrong-module\.ts"/);
    const components = readdirSync(inProject('src'), { recursive: true, encoding: 'utf8' });
    const [, filesRead = '0'] = /COMPLETED (\d+) FILES/.exec(output) ?? [];
    expect(Number(filesRead)).toBeGreaterThanOrEqual(
      components.filter((path) => path.endsWith('.svelte')).length,
    );
  },
  patience,
);

test(
  'tsc reports a type error under the server’s configuration',
  () => {
    writeFileSync(join(directory, 'wrong-module.ts'), wrongLine);
    const config = configure('tsconfig.server.json', ['../../server/**/*.ts']);
    const { status, output } = run('node_modules/typescript/bin/tsc', '--project', config);
    expect(status).not.toBe(0);
    expect(output).toMatch(/wrong-module\.ts\(1,14\): error TS2322/);
  },
  patience,
);
