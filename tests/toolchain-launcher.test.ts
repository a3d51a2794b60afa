import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isNewEnough } from '../scripts/launcher/node-version.mjs';
import { inProject } from '../scripts/launcher/project.mjs';
import { countPlaywrightTests, countVitestTests } from '../scripts/launcher/test-counts.mjs';
import { lockfileFaults } from '../scripts/lockfile/faults.mjs';

describe('the launcher', () => {
  test.each([
    ['20.20.2', false],
    ['22.23.0', false],
    ['24.15.0', false],
    ['24.16.0', true],
    ['24.21.0', true],
    ['25.9.0', false],
    ['26.0.0', false],
    ['26.1.0', true],
    ['27.0.0', true],
  ])('takes Node %s for new enough: %s', (version, expected) => {
    expect(isNewEnough(version)).toBe(expected);
  });

  test('imports no package before it has installed any', () => {
    const script = `
      import { registerHooks } from 'node:module';
      registerHooks({ resolve(name, context, next) {
        if (!/^(node:|[./]|file:)/.test(name)) throw new Error('package ' + name);
        return next(name, context);
      } });
      await import(${JSON.stringify(inProject('scripts/launcher/commands.mjs'))});`;
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', script],
      { encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  test('names the commands there are when it gets another', () => {
    const { status, stderr, stdout } = spawnSync(
      process.execPath,
      [inProject('scripts/run.mjs'), 'serve'],
      { encoding: 'utf8' },
    );
    expect(stderr).toMatch(/^rejoin: expected one of start, test, .*; got "serve"\.\n$/);
    expect(stdout).toBe('');
    expect(status).toBe(1);
  });

  test('does not start itself for ever when the pinned Node is too old', () => {
    const script = `
      Object.defineProperty(process.versions, 'node', { value: '20.20.2' });
      process.env.RUN_REEXEC = '1';
      process.argv = [process.argv[0], 'run.mjs', 'build'];
      await import(${JSON.stringify(inProject('scripts/run.mjs'))});`;
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', script],
      { encoding: 'utf8', env: { ...process.env, PATH: '' } },
    );
    expect(stderr).toMatch(/^rejoin: it started its pinned Node and got 20\.20\.2 again/);
    expect(status).toBe(1);
  });
});

describe('the count of tests', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'rejoin-counts-'));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  function report(content: unknown): string {
    const path = join(directory, 'report.json');
    writeFileSync(path, JSON.stringify(content));
    return path;
  }
  const vitestReport = (files: { status: string; tests: string[] }[]) =>
    report({
      numPassedTests: files.flatMap(({ tests }) => tests).filter((test) => test === 'passed')
        .length,
      testResults: files.map(({ status, tests }) => ({
        status,
        assertionResults: tests.map((status) => ({ status })),
      })),
    });

  test('is that of vitest', () => {
    const files = [
      { status: 'passed', tests: ['passed', 'passed', 'skipped'] },
      { status: 'failed', tests: ['passed', 'failed'] },
    ];
    expect(countVitestTests(vitestReport(files), 1)).toEqual({ passed: 3, failed: 1 });
  });

  test('has a file that could not be loaded as one failed', () => {
    const files = [{ status: 'failed', tests: [] }];
    expect(countVitestTests(vitestReport(files), 1)).toEqual({ passed: 0, failed: 1 });
  });

  test('has a runner that failed beside its tests as one failed', () => {
    const files = [{ status: 'passed', tests: ['passed'] }];
    expect(countVitestTests(vitestReport(files), 1)).toEqual({ passed: 1, failed: 1 });
    expect(countVitestTests(join(directory, 'absent.json'), 134)).toEqual({ passed: 0, failed: 1 });
  });

  test('is that of Playwright, where a test that had to be retried failed', () => {
    const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 2 };
    expect(countPlaywrightTests(report({ stats }), 1)).toEqual({ passed: 4, failed: 2 });
  });
});

describe('the check of lockfiles', () => {
  const sound = {
    packages: {
      '': { optionalDependencies: { fast: '1' } },
      'node_modules/fast': { integrity: 'sha512-1', optionalDependencies: { 'fast-arm': '1' } },
      'node_modules/fast/node_modules/fast-arm': { integrity: 'sha512-2' },
    },
  };

  test('passes a sound one', () => {
    expect(lockfileFaults(sound)).toEqual([]);
  });

  test('finds a platform that is missing', () => {
    const { 'node_modules/fast/node_modules/fast-arm': _, ...packages } = sound.packages;
    expect(lockfileFaults({ packages })).toEqual([
      expect.stringContaining('fast names fast-arm for some platform, and it is not locked'),
    ]);
  });

  test.each([
    [
      { integrity: 'sha512-1', resolved: 'https://registry.example/fast.tgz' },
      'names the registry',
    ],
    [{}, 'has no checksum'],
    [{ integrity: 'sha512-1', hasInstallScript: true }, 'has an install script'],
  ])('finds %o', (locked, fault) => {
    expect(lockfileFaults({ packages: { 'node_modules/fast': locked } })).toEqual([
      expect.stringContaining(`fast ${fault}`),
    ]);
  });
});

describe('docs/dependencies.md', () => {
  test.each(['', 'runtime/'])('lists every package that %spackage.json names, as locked', (at) => {
    const table = readFileSync(inProject('docs/dependencies.md'), 'utf8');
    const read = (path: string): unknown => JSON.parse(readFileSync(inProject(path), 'utf8'));
    const { dependencies, devDependencies, optionalDependencies } = read(
      `${at}package.json`,
    ) as Record<string, Record<string, string> | undefined>;
    const { packages } = read(`${at}package-lock.json`) as {
      packages: Record<string, { version: string }>;
    };
    const names = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
    const missing = names
      .map((name) => `| ${name} | ${packages[`node_modules/${name}`]?.version} |`)
      .filter((row) => !table.includes(row));
    expect(names.length).toBeGreaterThan(0);
    expect(missing).toEqual([]);
  });
});
