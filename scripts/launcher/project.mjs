import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's directory: where package.json is. It need not be the current one. */
export const projectDirectory = resolve(fileURLToPath(import.meta.url), '../../..');

/**
 * @param {string} path relative to the project
 * @returns {string} absolute
 */
export function inProject(path) {
  return join(projectDirectory, path);
}

/**
 * What the launcher has to say goes to stderr: stdout belongs to the command (`start --json`).
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`rejoin: ${line}\n`);
}
