import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { LaunchFailure } from './launch-failure.mjs';
import { withThisNodeFirst } from './node-version.mjs';
import { exitCodeOf, spawnTool } from './process-tree.mjs';
import { inProject, say } from './project.mjs';

const knownPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * Finds a Chromium for the end-to-end tests, else installs one.
 *
 * @returns {Promise<{ CHROMIUM_PATH?: string }>} the environment playwright.config.ts reads; nothing
 *   where Playwright has a browser of its own
 * @throws {LaunchFailure} when there is none to be had
 */
export async function requireChromium() {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined) {
    if (starts(named)) return { CHROMIUM_PATH: named };
    throw new LaunchFailure(`CHROMIUM_PATH is ${named}, which does not start.`);
  }
  const found = knownPlaces.find(starts);
  if (found !== undefined) return { CHROMIUM_PATH: found };
  if (await playwrightHasOne()) return {};
  await downloadWithPlaywright();
  if (await playwrightHasOne()) return {};
  await installFromDebian();
  const installed = knownPlaces.find(starts);
  if (installed !== undefined) return { CHROMIUM_PATH: installed };
  throw new LaunchFailure(
    'the tests need Chromium or Chrome and none could be found or installed. ' +
      'Install one and, if it is in an unusual place, set CHROMIUM_PATH to it.',
  );
}

/** @param {string} path */
function starts(path) {
  if (!existsSync(path)) return false;
  // On Windows `--version` would open a window.
  if (process.platform === 'win32') return true;
  // Some distributions have a stand-in here that only says where to get the browser.
  return spawnSync(path, ['--version'], { timeout: 20_000 }).status === 0;
}

/** A download alone proves nothing: the system's libraries may be missing. So it is started. */
async function playwrightHasOne() {
  const { chromium } = await import('@playwright/test');
  try {
    const browser = await chromium.launch({ chromiumSandbox: false });
    await browser.close();
    return true;
  } catch {
    return false;
  }
}

async function downloadWithPlaywright() {
  say('no Chromium found; downloading one for the tests…');
  const program = inProject('node_modules/@playwright/test/cli.js');
  await run([process.execPath, program, 'install', 'chromium-headless-shell']);
}

async function installFromDebian() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  say('that did not work; installing the Debian package chromium…');
  await run(['apt-get', 'update']);
  await run(['apt-get', 'install', '-y', 'chromium'], { DEBIAN_FRONTEND: 'noninteractive' });
}

/**
 * @param {readonly string[]} commandLine
 * @param {Record<string, string>} [env]
 */
async function run(commandLine, env = {}) {
  const tool = spawnTool(commandLine, {
    stdio: ['ignore', 2, 2],
    env: { ...withThisNodeFirst(), ...env },
  });
  // Whether it helped is found out by looking for the browser again.
  await exitCodeOf(tool);
}
