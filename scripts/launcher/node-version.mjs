import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { LaunchFailure } from './launch-failure.mjs';
import { npmCi } from './npm.mjs';
import { oneAtATime } from './one-at-a-time.mjs';
import { exitLike, spawnTool } from './process-tree.mjs';
import { inProject, say } from './project.mjs';

/** What the floor buys: SQLite without a warning, whole TEXT values, type stripping. */
const wanted = 'Node 24.16 or newer (26.1 or newer of the 26 line)';

/**
 * @param {string} version such as `24.16.0`
 * @returns {boolean} whether Rejoin runs on it. In 25, and in 26 before 26.1, node:sqlite cuts a text
 *   at its first NUL character.
 */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return (major === 24 && minor >= 16) || (major === 26 && minor >= 1) || major > 26;
}

/**
 * Where this Node is too old, runs the whole command again on the pinned one of runtime/, installing
 * that first, and ends this process as the other ended.
 *
 * @param {readonly string[]} commandLine the arguments of scripts/run.mjs
 * @returns {Promise<void>} returns only in a Node that is new enough
 */
export async function rerunWhereNodeIsOld(commandLine) {
  const reran = process.env['RUN_REEXEC'] === '1';
  // Not for what we start: a launcher inside a session of Rejoin decides for itself.
  delete process.env['RUN_REEXEC'];
  if (isNewEnough(process.versions.node)) return;
  if (reran) {
    throw new LaunchFailure(
      `it started its pinned Node and got ${process.versions.node} again. Install ${wanted} and try again.`,
    );
  }
  const node = pinnedNode() ?? (await installPinnedNode());
  const child = spawnTool([node, inProject('scripts/run.mjs'), ...commandLine], {
    stdio: 'inherit',
    env: { RUN_REEXEC: '1' },
  });
  await exitLike(child);
}

/** @returns {string | undefined} the binary in runtime/ that runs here and is new enough */
function pinnedNode() {
  return installedBinaries().find((path) => isNewEnough(versionOf(path)));
}

function installedBinaries() {
  const modules = inProject('runtime/node_modules');
  if (!existsSync(modules)) return [];
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  return readdirSync(modules)
    .map((name) => join(modules, name, 'bin', binary))
    .filter((path) => existsSync(path));
}

/** @param {string} node */
function versionOf(node) {
  const { stdout } = spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' });
  // A binary for another libc prints nothing.
  return (stdout ?? '').trim();
}

/** @returns {Promise<string>} */
async function installPinnedNode() {
  await oneAtATime(async () => {
    if (pinnedNode() !== undefined) return;
    say(`Node ${process.versions.node} is too old; fetching a pinned one into runtime/ (50 MB)…`);
    await npmCi(inProject('runtime'));
  });
  const node = pinnedNode();
  if (node !== undefined) return node;
  throw new LaunchFailure(
    isPinnedForThisPlatform() && installedBinaries().length === 0
      ? // npm passes over an optional package that it cannot fetch, and says nothing.
        'npm could not fetch the pinned Node; it needs the network for that, once. ' +
          `Try again with it, or install ${wanted}.`
      : `there is no pinned Node that runs on this machine (${process.platform}, ${process.arch}). ` +
          `Install ${wanted} and try again.`,
  );
}

function isPinnedForThisPlatform() {
  /** @type {{ packages: Record<string, { os?: string[], cpu?: string[] }> }} */
  const { packages } = JSON.parse(readFileSync(inProject('runtime/package-lock.json'), 'utf8'));
  return Object.values(packages).some(
    ({ os, cpu }) => os?.includes(process.platform) && cpu?.includes(process.arch),
  );
}

/**
 * @returns {{ PATH: string }} the environment in which tools that say `node` mean this one
 */
export function withThisNodeFirst() {
  return { PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter) };
}
