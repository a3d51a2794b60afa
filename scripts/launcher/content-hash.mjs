import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inProject } from './project.mjs';

/** What the built app depends on. Tests beside the source are no part of it. */
const sourcesOfTheApp = [
  'src',
  'static',
  'svelte.config.js',
  'vite.config.ts',
  'tsconfig.json',
  'tsconfig.base.json',
  'package-lock.json',
];

/**
 * @returns {string} changes when the app would be built differently: by content, so that a checkout
 *   or a `touch` changes nothing
 */
export function hashOfAppSources() {
  const hash = createHash('sha256');
  for (const path of sourcesOfTheApp) addPath(hash, path);
  return hash.digest('hex').slice(0, 16);
}

/** @returns {string} changes when `npm ci` would install something else */
export function hashOfDependencies() {
  const { dependencies, devDependencies, optionalDependencies, overrides } = JSON.parse(
    readFileSync(inProject('package.json'), 'utf8'),
  );
  const hash = createHash('sha256');
  hash.update(JSON.stringify({ dependencies, devDependencies, optionalDependencies, overrides }));
  for (const path of ['package-lock.json', '.npmrc']) addPath(hash, path);
  hash.update(`${process.platform} ${process.arch} ${process.versions.modules}`);
  return hash.digest('hex').slice(0, 16);
}

/**
 * @param {import('node:crypto').Hash} hash
 * @param {string} path relative to the project
 */
function addPath(hash, path) {
  const absolute = inProject(path);
  if (!existsSync(absolute)) return;
  if (statSync(absolute).isDirectory()) {
    for (const name of readdirSync(absolute).sort()) addPath(hash, join(path, name));
  } else if (!path.endsWith('.test.ts')) {
    hash.update(`${path}\0`).update(readFileSync(absolute)).update('\0');
  }
}
