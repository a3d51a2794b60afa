/// <reference types="@sveltejs/kit" />
import { build, files, version } from '$service-worker';
import { answerTo, isOldShell, isPrecached, shellName } from './shell.ts';

declare const self: ServiceWorkerGlobalScope;

const shipped = new Set([...build, ...files]);
const shell = shellName(version);

// The shell of this version, whole or not at all: with one file missing the installation fails, and the version before goes on.
self.addEventListener('install', (event) => {
  event.waitUntil(fill());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(removeOldShells());
});

// A new version waits until the page says that it may take over: nothing changes under what somebody writes.
self.addEventListener('message', ({ data }: ExtendableMessageEvent) => {
  if (isSkipWaiting(data)) void self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const answer = answerTo(event.request, self.location.origin, shipped);
  if (answer === 'page') event.respondWith(kept('/'));
  else if (answer === 'file') event.respondWith(kept(new URL(event.request.url).pathname));
});

async function fill(): Promise<void> {
  const cache = await caches.open(shell);
  // Past the HTTP cache: the page must name the files of this version, not of the one before.
  const wanted = ['/', ...shipped].filter(isPrecached);
  await cache.addAll(wanted.map((path) => new Request(path, { cache: 'reload' })));
}

async function removeOldShells(): Promise<void> {
  const old = (await caches.keys()).filter((name) => isOldShell(name, version));
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** From this version's shell; what was not fetched with it is fetched once and kept there. */
async function kept(path: string): Promise<Response> {
  const cache = await caches.open(shell);
  const response = await cache.match(path);
  if (response !== undefined) return response;
  const fetched = await fetch(path);
  if (fetched.ok) await cache.put(path, fetched.clone());
  return fetched;
}

function isSkipWaiting(data: unknown): boolean {
  return (
    typeof data === 'object' && data !== null && 'type' in data && data.type === 'skip-waiting'
  );
}
