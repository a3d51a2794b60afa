/**
 * The layers, once: eslint.config.js turns this table into lint rules, and
 * tests/architecture.test.ts holds the import graph against it.
 *
 * @typedef {object} Layer
 * @property {string} folder   where it is; the longest folder that matches a file decides
 * @property {readonly string[]} layers   folders it may import from, besides itself
 * @property {readonly string[]} packages packages it may import (`node:*` stands for all of Node, `@scope/*`
 *   for a scope, `*` for any)
 * @property {readonly string[]} [never]  packages it may not import although `packages` has them
 * @property {string} why      the sentence a crossing is answered with
 */

const yjsFamily = ['yjs', 'y-websocket', 'y-indexeddb', 'y-protocols', 'lib0'];
const inTheBrowser = ['svelte', 'bits-ui', '@internationalized/date', '@lucide/svelte', '$app/*'];
const sharedWithBridge = ['src/lib/domain', 'src/lib/crdt', 'src/lib/sync/wire'];
/** Files directly in server/ that know no folder of it, so that every folder may import them. */
const serverLeaves = ['server/ambient', 'server/log', 'server/start-failure'];
const bridgePackages = ['node:*', 'ws', 'pino', 'zod', 'diff', '@agentclientprotocol/sdk'];

/** @type {readonly Layer[]} */
export const layers = [
  {
    folder: 'src/lib/domain',
    layers: [],
    packages: ['zod'],
    why: 'domain is the vocabulary: it imports nothing but the schema library.',
  },
  {
    folder: 'src/lib/crdt',
    layers: ['src/lib/domain'],
    packages: ['yjs', 'fractional-indexing-jittered'],
    why: 'crdt knows documents only: domain, yjs and fractional indexes; no provider, view or IO.',
  },
  {
    folder: 'src/lib/sync/wire',
    layers: ['src/lib/domain'],
    packages: ['lib0', 'y-protocols', 'zod'],
    why: 'sync/wire is shared by both sides: it imports domain, lib0, y-protocols and zod.',
  },
  {
    folder: 'src/lib/sync',
    layers: sharedWithBridge,
    packages: [...yjsFamily, 'idb', 'zod'],
    why: 'sync moves bytes in the browser: domain, crdt, wire and their libraries; never svelte or Node.',
  },
  {
    folder: 'src/lib/views',
    layers: ['src/lib/domain', 'src/lib/crdt', 'src/lib/sync', 'src/lib/sync/wire'],
    packages: ['svelte'],
    why: 'views are read models over crdt and sync: they hold no truth, do no IO and know no component.',
  },
  {
    folder: 'src/lib/components/messages',
    layers: ['src/lib/domain'],
    packages: [],
    why: 'messages hold the words of the interface: they import domain only.',
  },
  {
    folder: 'src/lib/components/shared',
    layers: ['src/lib/components/messages'],
    packages: [...inTheBrowser, 'virtua'],
    why: 'components/shared knows no domain: it imports no other folder but messages.',
  },
  {
    folder: 'src/lib/components',
    layers: [
      'src/lib/domain',
      'src/lib/views',
      'src/lib/components/shared',
      'src/lib/components/messages',
    ],
    packages: [...inTheBrowser, 'marked', 'shiki', 'virtua', 'diff'],
    why: 'components show what views give them: they never import yjs, sync or crdt.',
  },
  {
    folder: 'src/routes',
    layers: [
      'src/lib/domain',
      'src/lib/views',
      'src/lib/components',
      'src/lib/components/shared',
      'src/lib/components/messages',
    ],
    packages: [...inTheBrowser, '@fontsource-variable/*'],
    why: 'routes compose components and views; only the root +layout opens the workspace.',
  },
  {
    folder: 'src/routes/+layout',
    layers: [
      ...sharedWithBridge,
      'src/lib/sync',
      'src/lib/views',
      'src/lib/components',
      'src/lib/components/shared',
      'src/lib/components/messages',
      'src/routes',
    ],
    packages: [...inTheBrowser, '@fontsource-variable/*'],
    why: 'the root layout wires the workspace; it does not touch a document itself.',
  },
  {
    folder: 'src/params',
    layers: ['src/lib/domain', 'src/lib/components'],
    packages: ['@sveltejs/kit'],
    why: 'params say which addresses a route takes: they know ids and the names of pages.',
  },
  {
    folder: 'src/service-worker',
    layers: ['src/lib/domain'],
    packages: ['$service-worker'],
    why: 'the service worker serves the shell: it knows neither documents nor the interface.',
  },
  ...serverLeaves.map((folder) => ({
    folder,
    layers: ['src/lib/domain'],
    packages: ['node:*', 'pino'],
    never: ['node:sqlite'],
    why: 'every folder of the server may import this file, so it imports none of them.',
  })),
  {
    folder: 'server/storage',
    layers: [...sharedWithBridge, ...serverLeaves],
    packages: ['node:*', 'yjs', 'lib0', 'pino', 'zod'],
    why: 'storage keeps bytes and is the only place that knows SQLite: no part of the server is below it.',
  },
  {
    folder: 'server/journal',
    layers: ['src/lib/domain', 'server/storage', ...serverLeaves],
    packages: ['node:*', 'pino', 'zod'],
    never: ['node:sqlite'],
    why: 'the journal is facts and their order: domain and storage’s contract, neither yjs nor SQLite.',
  },
  {
    folder: 'server/identity',
    layers: [
      'src/lib/domain',
      'src/lib/sync/wire',
      'server/journal',
      'server/storage',
      ...serverLeaves,
    ],
    packages: ['node:*', 'pino', 'zod'],
    never: ['node:sqlite'],
    why: 'identity knows keys, devices and people: domain, the contracts of storage and journal, no yjs, no SQL.',
  },
  {
    folder: 'server/bridge',
    layers: [
      'src/lib/domain',
      'src/lib/sync/wire',
      'server/journal',
      'server/storage',
      ...serverLeaves,
    ],
    packages: bridgePackages,
    never: ['node:sqlite', 'node:http', 'node:https', 'ws'],
    why: 'the bridge takes operations and returns outcomes: it never touches a document, a socket or SQL.',
  },
  {
    folder: 'server/sync',
    layers: [
      ...sharedWithBridge,
      'server/identity',
      'server/journal',
      'server/storage',
      ...serverLeaves,
    ],
    packages: [...bridgePackages, 'yjs', 'lib0', 'y-protocols'],
    never: ['node:sqlite'],
    why: 'server/sync serves documents: it knows neither the bridge nor HTTP routes, and no SQL.',
  },
  {
    folder: 'server/http',
    layers: [
      'src/lib/domain',
      'src/lib/sync/wire',
      'server/identity',
      'server/journal',
      'server/storage',
      ...serverLeaves,
    ],
    packages: bridgePackages,
    never: ['node:sqlite'],
    why: 'server/http turns requests into calls: it knows no agent, no document and no SQL.',
  },
  {
    // main.ts, cli.ts, and what wires the folders above.
    folder: 'server',
    layers: [
      ...sharedWithBridge,
      'server/bridge',
      'server/http',
      'server/identity',
      'server/journal',
      'server/storage',
      'server/sync',
      ...serverLeaves,
    ],
    packages: [...bridgePackages, 'yjs', 'lib0', 'y-protocols'],
    never: ['node:sqlite'],
    why: 'the server shares domain, crdt and sync/wire with the app and nothing else; SQL is in server/storage.',
  },
];
