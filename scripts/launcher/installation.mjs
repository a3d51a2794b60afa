import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hashOfAppSources, hashOfDependencies } from './content-hash.mjs';
import { LaunchFailure } from './launch-failure.mjs';
import { withThisNodeFirst } from './node-version.mjs';
import { npmCi } from './npm.mjs';
import { oneAtATime } from './one-at-a-time.mjs';
import { exitCodeOf, spawnTool } from './process-tree.mjs';
import { inProject, projectDirectory, say } from './project.mjs';

// Both inside node_modules, so that removing it, or npm replacing it, takes them along.
const installedStamp = inProject('node_modules/.rejoin/installed');
const builtStamp = inProject('node_modules/.rejoin/built');

/** Installs the packages, unless those of this lockfile are there. */
export async function ensureInstalled() {
  const wanted = hashOfDependencies();
  const isInstalled = () => readStamp(installedStamp) === wanted;
  if (isInstalled()) return;
  await oneAtATime(async () => {
    if (isInstalled()) return;
    say('installing packages…');
    rmSync(installedStamp, { force: true });
    await npmCi(projectDirectory);
    writeStamp(installedStamp, wanted);
  });
}

/** Builds the app into build/, unless the one there is of these sources. */
export async function ensureBuilt() {
  const isBuilt = () =>
    existsSync(inProject('build/index.html')) && readStamp(builtStamp) === hashOfAppSources();
  if (isBuilt()) return;
  await oneAtATime(async () => {
    if (!isBuilt()) await build();
  });
}

/** What vite has to complain about goes to stderr. */
async function build() {
  const wanted = hashOfAppSources();
  say('building the app…');
  rmSync(builtStamp, { force: true });
  const program = inProject('node_modules/vite/bin/vite.js');
  const vite = spawnTool([process.execPath, program, 'build', '--logLevel=warn'], {
    stdio: ['ignore', 2, 2],
    env: withThisNodeFirst(),
  });
  const code = await exitCodeOf(vite);
  if (code !== 0) {
    throw new LaunchFailure(
      `building the app failed (exit code ${code}); what vite said is above.`,
    );
  }
  writeStamp(builtStamp, wanted);
}

/** @param {string} path */
function readStamp(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/**
 * @param {string} path
 * @param {string} content
 */
function writeStamp(path, content) {
  mkdirSync(inProject('node_modules/.rejoin'), { recursive: true });
  writeFileSync(path, content);
}
