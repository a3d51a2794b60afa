import { expect, test } from 'vitest';
import { suggestedDeviceName } from './device-name.ts';

test.each([
  {
    userAgent:
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    platform: 'iPhone',
    touchPoints: 5,
    name: 'iPhone, Safari',
  },
  {
    userAgent:
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
    platform: 'MacIntel',
    touchPoints: 5,
    name: 'iPad, Safari',
  },
  {
    userAgent:
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
    platform: 'MacIntel',
    touchPoints: 0,
    name: 'Mac, Safari',
  },
  {
    userAgent:
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
    platform: 'Linux armv81',
    touchPoints: 5,
    name: 'Android, Chrome',
  },
  {
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
    platform: 'Linux x86_64',
    touchPoints: 0,
    name: 'Linux, Firefox',
  },
  {
    userAgent:
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
    platform: 'Win32',
    touchPoints: 0,
    name: 'Windows, Edge',
  },
  { userAgent: '', platform: '', touchPoints: 0, name: 'Browser' },
])('a device is called $name by what its browser says', ({ name, ...signs }) => {
  expect(suggestedDeviceName(signs)).toBe(name);
});
