import type { OutgoingHttpHeaders } from 'node:http';
import type { Addresses } from './addresses.ts';

/** Features that pages may not use. The pairing view needs no camera: links are opened, not scanned. */
const featuresOff = [
  'accelerometer',
  'autoplay',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'usb',
];

/**
 * Headers of every response (security.md 5). The policy allows our own origin only, and of inline scripts those whose hashes
 * the build wrote into the page.
 *
 * `ws:` is named besides 'self' since some WebKit versions do not count a socket to the same host as the same origin.
 */
export function securityHeaders(
  { host, secure }: Addresses,
  scriptHashes: readonly string[],
): OutgoingHttpHeaders {
  const policy: Readonly<Record<string, readonly string[]>> = {
    'default-src': ["'none'"],
    'script-src': ["'self'", ...scriptHashes],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:', 'blob:'],
    'font-src': ["'self'"],
    'connect-src': ["'self'", `${secure ? 'wss' : 'ws'}://${host}`],
    'worker-src': ["'self'"],
    'manifest-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'object-src': ["'none'"],
    'frame-ancestors': ["'none'"],
    // Text becomes markup only through Svelte's own templates; `default` lets workers of this origin start (before-app.js).
    'require-trusted-types-for': ["'script'"],
    'trusted-types': ['default', 'svelte-trusted-html'],
  };
  return {
    'content-security-policy': Object.entries(policy)
      .map(([directive, sources]) => [directive, ...sources].join(' '))
      .join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'permissions-policy': featuresOff.map((feature) => `${feature}=()`).join(', '),
  };
}
