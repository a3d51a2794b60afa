import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [sveltekit()],
  // Two copies of any of these would not recognise each other's documents.
  resolve: { dedupe: ['yjs', 'y-protocols', 'lib0'] },
  server: { host: 'localhost', port: 5173, strictPort: true },
});
