import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';
import { cacheFolder, harnessFolder, projectFolder } from './harness-folder.ts';

/** The app as it is, but for one module: its workspace is in memory. */
const workspaceInMemory: Plugin = {
  name: 'workspace-in-memory',
  enforce: 'pre',
  resolveId: (source) =>
    source === '#lib/sync/workspace.ts'
      ? `${projectFolder}/tests/ui/harness/open-workspace.ts`
      : null,
};

export default defineConfig({
  root: projectFolder,
  plugins: [
    workspaceInMemory,
    sveltekit({
      preprocess: vitePreprocess(),
      compilerOptions: { runes: true },
      outDir: `${cacheFolder}/kit`,
      adapter: adapter({ pages: harnessFolder, assets: harnessFolder, fallback: 'index.html' }),
      serviceWorker: { register: false },
      version: { name: 'harness' },
    }),
  ],
  resolve: { dedupe: ['yjs', 'y-protocols', 'lib0'] },
  worker: { format: 'es' },
  build: { target: 'es2022', reportCompressedSize: false },
  logLevel: 'error',
});
