import { pathToFileURL } from 'node:url';
import { requireChromium } from './chromium.mjs';
import { ensureBuilt, ensureInstalled } from './installation.mjs';
import { LaunchFailure } from './launch-failure.mjs';
import { rerunWhereNodeIsOld, withThisNodeFirst } from './node-version.mjs';
import { requireGit } from './npm.mjs';
import { endWithParent, exitLike, handOverSignals, spawnTool } from './process-tree.mjs';
import { inProject } from './project.mjs';
import { checkStages, runStages, testStages } from './stages.mjs';

/** @type {Record<string, (args: readonly string[]) => Promise<void>>} */
const commands = { start, test, check, rejoin, build, dev, bridge, pictures };

/**
 * @param {readonly string[]} commandLine a command and its arguments
 * @throws {LaunchFailure} for what the person at the terminal can put right
 */
export async function runCommand(commandLine) {
  const [name = '', ...args] = commandLine;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    const got = name === '' ? 'nothing' : `"${name}"`;
    throw new LaunchFailure(`expected one of ${Object.keys(commands).join(', ')}; got ${got}.`);
  }
  endWithParent();
  await rerunWhereNodeIsOld(commandLine);
  await command(args);
}

/** `npm start`: everything from an empty checkout to a bridge that serves. */
async function start(/** @type {readonly string[]} */ args) {
  requireGit();
  await ensureInstalled();
  const onlyPrints = args.includes('--help') || args.includes('-h');
  if (!onlyPrints) await ensureBuilt();
  await bridge(args);
}

/** The bridge in this process, with everything it needs in place. */
async function bridge(/** @type {readonly string[]} */ args) {
  await runMain('server/main.ts', args);
}

/** `npm run rejoin -- …`: the bridge's commands at its own terminal. */
async function rejoin(/** @type {readonly string[]} */ args) {
  await ensureInstalled();
  await runMain('server/cli.ts', args);
}

async function build() {
  await ensureInstalled();
  await ensureBuilt();
}

/** `npm test -- [STAGE…]`: all the stages, or only those named. */
async function test(/** @type {readonly string[]} */ names) {
  requireGit();
  await ensureInstalled();
  await runStages(testStages, names, { ...(await requireChromium()), ...withThisNodeFirst() });
}

/** `npm run check`: the stages that need no browser. */
async function check(/** @type {readonly string[]} */ names) {
  requireGit();
  await ensureInstalled();
  await runStages(checkStages, names, withThisNodeFirst());
}

/** `npm run pictures`: takes the documents' pictures anew, of the real app on a real bridge. */
async function pictures() {
  requireGit();
  await ensureInstalled();
  await ensureBuilt();
  const playwright = inProject('node_modules/@playwright/test/cli.js');
  const config = inProject('tests/pictures/playwright.config.ts');
  const env = { ...(await requireChromium()), ...withThisNodeFirst() };
  await exitLike(
    spawnTool([process.execPath, playwright, 'test', '--config', config], {
      stdio: 'inherit',
      env,
    }),
  );
}

/**
 * `npm run dev`: vite serves the app as it is edited and passes the bridge's paths on; the bridge
 * restarts when its sources change.
 */
async function dev(/** @type {readonly string[]} */ args) {
  requireGit();
  await ensureInstalled();
  await ensureBuilt();
  const launcher = inProject('scripts/run.mjs');
  const origin = ['--origin', 'http://localhost:5173', '--no-open'];
  const vite = spawnTool([process.execPath, inProject('node_modules/vite/bin/vite.js'), 'dev'], {
    stdio: 'inherit',
    env: withThisNodeFirst(),
  });
  const served = spawnTool([process.execPath, '--watch', launcher, 'bridge', ...origin, ...args], {
    stdio: 'inherit',
  });
  await Promise.race([exitLike(vite), exitLike(served)]);
}

/**
 * @param {string} module relative to the project; exports `main(argv)`, which rejects with
 *   `process.exitCode` set once it has said what is wrong
 * @param {readonly string[]} args
 */
async function runMain(module, args) {
  /** @type {{ main: (argv: readonly string[]) => Promise<void> }} */
  const { main } = await import(pathToFileURL(inProject(module)).href);
  handOverSignals();
  try {
    await main(args);
  } catch (error) {
    if (process.exitCode === undefined || process.exitCode === 0) throw error;
    process.exit();
  }
}
