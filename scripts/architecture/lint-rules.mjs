import { layers } from './layers.mjs';

/** @import { Layer } from './layers.mjs' */

/** @param {string} text */
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * The layer table as ESLint `no-restricted-imports`, so that an editor shows a crossing while it is
 * typed. Lint sees the import's text only; the architecture test resolves it.
 *
 * @type {{ files: string[], rules: import('eslint').Linter.RulesRecord }[]}
 */
export const layerRules = layers.toSorted(byDepth).map((layer) => ({
  files: filesOf(layer),
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          { regex: packagesBut(layer), message: layer.why },
          { regex: libFoldersBut(layer), message: layer.why },
          ...(layer.never ?? []).map((name) => ({
            regex: `^${escaped(name)}(/|$)`,
            message: layer.why,
          })),
        ],
      },
    ],
  },
}));

/**
 * Deeper folders come later: in ESLint the last entry that matches a file decides.
 * @param {Layer} one
 * @param {Layer} other
 */
function byDepth(one, other) {
  return one.folder.length - other.folder.length;
}

/**
 * A row may name a folder or the beginning of a file's name (`src/routes/+layout`).
 * @param {Layer} layer
 */
function filesOf({ folder }) {
  return [`${folder}/**/*.{ts,svelte}`, `${folder}.*`];
}

/**
 * Matches the packages that a layer may not import: anything that is neither relative nor `#…`.
 * @param {Layer} layer
 */
function packagesBut({ packages }) {
  if (packages.includes('*')) return '^$';
  const allowed = packages.map((name) =>
    name.endsWith('*') ? escaped(name.slice(0, -1)) : `${escaped(name)}(/|$)`,
  );
  return `^(?![.#]|${['\\$lib', ...allowed].join('|')})`;
}

/**
 * Matches `#lib/…` imports of a layer that is not below. A layer may always import itself.
 * @param {Layer} layer
 */
function libFoldersBut(layer) {
  const lib = 'src/lib/';
  const allowed = [layer.folder, ...layer.layers]
    .filter((folder) => folder.startsWith(lib))
    .map((folder) => `${escaped(folder.slice(lib.length))}/${otherLayersInside(layer, folder)}`);
  const others = allowed.length === 0 ? '' : `(?!${allowed.join('|')})`;
  return `^(#lib|\\$lib)/${others}`;
}

/**
 * @param {Layer} layer
 * @param {string} folder
 */
function otherLayersInside(layer, folder) {
  const inside = layers
    .map((other) => other.folder)
    .filter((other) => other.startsWith(`${folder}/`) && other !== layer.folder)
    .filter((other) => !layer.layers.includes(other))
    .map((other) => `${escaped(other.slice(folder.length + 1))}/`);
  return inside.length === 0 ? '' : `(?!${inside.join('|')})`;
}
