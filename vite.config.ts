import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

/** Where the bridge listens while vite serves the app (`npm run dev`). */
const bridge = 'http://localhost:4747';

export default defineConfig({
  plugins: [sveltekit()],
  // Two copies of any of these would not recognise each other's documents.
  resolve: { dedupe: ['yjs', 'y-protocols', 'lib0'] },
  // A worker fetches what it needs when it needs it, which takes modules.
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    // The content security policy takes fonts from this origin only, not from data: addresses.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  server: {
    host: 'localhost',
    port: 5173,
    strictPort: true,
    proxy: {
      '/api': bridge,
      '/healthz': bridge,
      '/metrics': bridge,
      '/sync': { target: bridge, ws: true },
    },
  },
});
