import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { LaunchFailure } from './launch-failure.mjs';
import { exitCodeOf, spawnTool } from './process-tree.mjs';

/** What npm prints where the registry is out of reach, rather than the lockfile wrong. */
const networkTrouble =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED/;

/**
 * Installs exactly what the lockfile in a directory says, running no package's scripts. npm's words go
 * to stderr.
 *
 * @param {string} directory
 */
export async function npmCi(directory) {
  const child = spawnTool(
    // By this Node and not by the one in npm's first line: npm judges `engines` by its own.
    [process.execPath, npmProgram(), 'ci', '--ignore-scripts', '--no-update-notifier'],
    { stdio: ['ignore', 'pipe', 'pipe'], cwd: directory },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (/** @type {Buffer} */ bytes) => {
      process.stderr.write(bytes);
      output += bytes.toString();
    });
  }
  const code = await exitCodeOf(child);
  if (code === 0) return;
  throw new LaunchFailure(
    networkTrouble.test(output)
      ? `npm could not reach its registry. Rejoin needs the network once, to install its packages into ${directory}; after that it starts without.`
      : `\`npm ci\` in ${directory} failed with exit code ${code}; what it said is above.`,
  );
}

/** @returns {string} npm-cli.js: the one that started us, else the one on PATH */
function npmProgram() {
  const started = process.env['npm_execpath'];
  if (started !== undefined && basename(started) === 'npm-cli.js' && existsSync(started)) {
    return started;
  }
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const program =
      process.platform === 'win32'
        ? join(directory, 'node_modules', 'npm', 'bin', 'npm-cli.js')
        : join(directory, 'npm');
    if (!existsSync(program)) continue;
    const real = realpathSync(program);
    if (basename(real) === 'npm-cli.js') return real;
    // A wrapper script: the real one is beside it or in the library next to it.
    const beside = join(dirname(real), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
    if (existsSync(beside)) return beside;
  }
  throw new LaunchFailure('npm was not found on PATH. It comes with Node: https://nodejs.org');
}

/** Rejoin works on git repositories, so there is nothing to do without git. */
export function requireGit() {
  if (spawnSync('git', ['--version']).status === 0) return;
  throw new LaunchFailure('git was not found on PATH. Install it: https://git-scm.com/downloads');
}
