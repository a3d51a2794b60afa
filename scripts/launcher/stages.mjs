import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from './installation.mjs';
import { LaunchFailure } from './launch-failure.mjs';
import { exitCodeOf, spawnTool } from './process-tree.mjs';
import { inProject } from './project.mjs';
import { countPlaywrightTests, countVitestTests } from './test-counts.mjs';

/**
 * @typedef {{ passed: number, failed: number }} Count
 *
 * @typedef {object} StageRun what a stage gets
 * @property {Record<string, string>} env
 * @property {string} reports a directory for its report
 *
 * @typedef {object} Stage
 * @property {string} name
 * @property {(run: StageRun) => Promise<Count>} run
 */

/** @type {readonly Stage[]} */
export const checkStages = [
  {
    name: 'lockfile',
    run: commands(['scripts/check-lock.mjs']),
  },
  {
    name: 'format',
    run: commands(['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.']),
  },
  {
    name: 'types',
    run: commands(
      // The other two need what this one generates in .svelte-kit/, and so does the linter.
      ['node_modules/@sveltejs/kit/svelte-kit.js', 'sync'],
      ['node_modules/svelte-check/bin/svelte-check', '--fail-on-warnings', '--output=human'],
      ...['server', 'tests', 'worker', 'scripts'].map((part) => [
        'node_modules/typescript/bin/tsc',
        `--project`,
        `tsconfig.${part}.json`,
      ]),
    ),
  },
  {
    name: 'lint',
    run: commands(['node_modules/eslint/bin/eslint.js', '--max-warnings=0', '.']),
  },
  { name: 'unit', run: runVitest },
];

/** @type {readonly Stage[]} */
export const testStages = [
  ...checkStages,
  { name: 'build', run: runBuild },
  { name: 'e2e', run: runPlaywright },
];

/**
 * Runs stages one after the other, going on after a failed one, and ends with the line
 * `N passed, N failed`. A stage without tests of its own counts as one. The exit code is 0 only if
 * something ran and nothing failed.
 *
 * @param {readonly Stage[]} stages
 * @param {readonly string[]} names only these; none: all
 * @param {Record<string, string>} env added to the environment of what runs
 */
export async function runStages(stages, names, env) {
  const unknown = names.find((name) => !stages.some((stage) => stage.name === name));
  if (unknown !== undefined) {
    const known = stages.map((stage) => stage.name).join(', ');
    throw new LaunchFailure(`expected one of the stages ${known}; got "${unknown}".`);
  }
  const reports = mkdtempSync(join(tmpdir(), 'rejoin-reports-'));
  const total = { passed: 0, failed: 0 };
  try {
    for (const { name, run } of stages) {
      if (names.length > 0 && !names.includes(name)) continue;
      console.log(`\n── ${name}`);
      const started = performance.now();
      const count = await run({ env, reports });
      total.passed += count.passed;
      total.failed += count.failed;
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`── ${name}: ${summary(count)} (${seconds} s)`);
    }
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
  console.log(`\n${summary(total)}`);
}

/** @param {Count} count */
function summary({ passed, failed }) {
  return `${passed} passed, ${failed} failed`;
}

/** @param {boolean} isGood */
function one(isGood) {
  return isGood ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/**
 * A stage that passes when each of these ends with 0.
 *
 * @param {readonly string[][]} commandLines scripts for this Node, with their arguments
 * @returns {Stage['run']}
 */
function commands(...commandLines) {
  return async ({ env }) => {
    let isGood = true;
    for (const commandLine of commandLines) {
      if ((await runNode(commandLine, env)) !== 0) isGood = false;
    }
    return one(isGood);
  };
}

/** @type {Stage['run']} */
async function runVitest({ env, reports }) {
  const report = join(reports, 'vitest.json');
  const code = await runNode(
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    env,
  );
  return countVitestTests(report, code);
}

/** @type {Stage['run']} */
async function runBuild() {
  try {
    await ensureBuilt();
    return one(true);
  } catch (error) {
    if (!(error instanceof LaunchFailure)) throw error;
    console.log(error.message);
    return one(false);
  }
}

/** @type {Stage['run']} */
async function runPlaywright({ env, reports }) {
  const report = join(reports, 'playwright.json');
  const code = await runNode(
    [
      'node_modules/@playwright/test/cli.js',
      'test',
      // The interface suite (project ui) takes longer than all the rest: CONTRIBUTING.md says how it is run.
      '--project=e2e',
      '--pass-with-no-tests',
      '--reporter=list,json',
    ],
    { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
  );
  return countPlaywrightTests(report, code);
}

/**
 * @param {readonly string[]} commandLine a script relative to the project, and its arguments
 * @param {Record<string, string>} env
 */
function runNode([script = '', ...args], env) {
  const tool = spawnTool([process.execPath, inProject(script), ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env,
  });
  return exitCodeOf(tool);
}
