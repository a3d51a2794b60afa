/**
 * @typedef {object} LockedPackage
 * @property {string} [integrity]
 * @property {string} [resolved]
 * @property {boolean} [link]
 * @property {boolean} [hasInstallScript]
 * @property {Record<string, string>} [optionalDependencies]
 *
 * @typedef {{ packages: Record<string, LockedPackage> }} Lockfile
 */

/**
 * What would make `npm ci` fail, or do something else, on a machine unlike the one the lockfile was
 * made on.
 *
 * @param {Lockfile} lockfile
 * @returns {string[]} one sentence each
 */
export function lockfileFaults({ packages }) {
  return Object.entries(packages).flatMap(([path, locked]) => [
    ...Object.keys(locked.optionalDependencies ?? {})
      .filter((name) => !isInstalledFor(packages, path, name))
      .map(
        (name) =>
          `${describe(path)} names ${name} for some platform, and it is not locked: make the lockfile with no node_modules present.`,
      ),
    ...(locked.resolved !== undefined && !locked.link
      ? [`${describe(path)} names the registry it came from (${locked.resolved}).`]
      : []),
    ...(path !== '' && !locked.link && locked.integrity === undefined
      ? [`${describe(path)} has no checksum.`]
      : []),
    ...(locked.hasInstallScript
      ? [`${describe(path)} has an install script, and none is ever run here.`]
      : []),
  ]);
}

/**
 * As Node looks a package up: beside the one that asks for it, then further and further out.
 *
 * @param {Lockfile['packages']} packages
 * @param {string} path such as `node_modules/vite/node_modules/rolldown`
 * @param {string} name
 */
function isInstalledFor(packages, path, name) {
  for (let from = path; ;) {
    if (Object.hasOwn(packages, `${from}${from === '' ? '' : '/'}node_modules/${name}`))
      return true;
    if (from === '') return false;
    from = from.slice(0, Math.max(from.lastIndexOf('/node_modules/'), 0));
  }
}

/** @param {string} path */
function describe(path) {
  return path === '' ? 'package.json' : path.slice(path.lastIndexOf('node_modules/') + 13);
}
