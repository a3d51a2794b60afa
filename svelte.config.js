import adapter from '@sveltejs/adapter-static';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';
import { hashOfAppSources } from './scripts/launcher/content-hash.mjs';

/** @type {import('@sveltejs/kit').Config} */
const config = {
  preprocess: vitePreprocess(),
  compilerOptions: {
    runes: true,
  },
  kit: {
    // One page for every route: all data is on the device, so a server could render nothing.
    adapter: adapter({ fallback: 'index.html', precompress: true, strict: false }),
    // The part of the policy that a <meta> can carry; server/http sends the whole of it as a header.
    csp: {
      mode: 'hash',
      directives: {
        'default-src': ['none'],
        'script-src': ['self'],
        'style-src': ['self', 'unsafe-inline'],
        'img-src': ['self', 'data:', 'blob:'],
        'font-src': ['self'],
        'connect-src': ['self'],
        'worker-src': ['self'],
        'manifest-src': ['self'],
        'base-uri': ['none'],
        'form-action': ['self'],
        'object-src': ['none'],
      },
    },
    serviceWorker: { register: false },
    // The same sources are the same version: a rebuild of them is not offered as an update.
    version: { name: hashOfAppSources() },
    typescript: {
      // Kit would include tests/ and the config files; those are type-checked as Node code.
      config: (generated) => {
        generated.include = generated.include.filter(
          (/** @type {string} */ path) => !path.includes('tests/') && !path.includes('vite.config'),
        );
        return generated;
      },
    },
  },
};

export default config;
