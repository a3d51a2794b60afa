import { describe, expect, test } from 'vitest';
import {
  announcementLine,
  announcementText,
  warningsOf,
  type Announcement,
} from './announcement.ts';
import { commandFor } from './open-browser.ts';

const served: Announcement = {
  url: 'http://localhost:4747',
  pairingUrl: 'http://localhost:4747/pair#secret',
  port: 4747,
  pid: 12,
  dataDirectory: '/data',
  repositories: [
    { path: '/work/api', playground: false },
    { path: '/data/playground', playground: true },
  ],
  paused: false,
  warnings: [],
};

describe('what a start says', () => {
  test('as JSON: exactly one line of five fields', () => {
    expect(announcementLine(served)).toBe(
      '{"url":"http://localhost:4747","pairingUrl":"http://localhost:4747/pair#secret","port":4747,"pid":12,"data":"/data"}\n',
    );
  });

  test('to people: address, link and how to get another, data, repositories', () => {
    const text = announcementText(served, null);
    for (const part of [
      served.url,
      served.pairingUrl ?? '',
      'once, within five minutes',
      'npm run rejoin -- pair',
      '/data',
      '/work/api',
      'a playground',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('Warning');
    expect(announcementText({ ...served, pairingUrl: null }, null)).not.toContain('#');
  });

  test('root, an old git, other machines and a paused bridge are said', () => {
    const warnings = warningsOf(0, 'git 2.1 is older');
    expect(warnings).toHaveLength(2);
    expect(warningsOf(1000, null)).toEqual([]);
    expect(warningsOf(null, null)).toEqual([]);
    const text = announcementText({ ...served, warnings, paused: true }, '192.168.1.5');
    for (const part of ['runs as root', 'git 2.1 is older', '192.168.1.5', 'was restored'])
      expect(text).toContain(part);
  });
});

describe('the browser', () => {
  const url = 'http://localhost:4747/pair#a&b';
  test('is asked for without a shell, and only where there is a display', () => {
    expect(commandFor(url, 'linux', {})).toBeNull();
    expect(commandFor(url, 'linux', { WAYLAND_DISPLAY: 'wayland-0' })).toEqual(['xdg-open', url]);
    expect(commandFor(url, 'linux', { DISPLAY: ':0' })).toEqual(['xdg-open', url]);
    expect(commandFor(url, 'darwin', {})).toEqual(['open', url]);
    expect(commandFor(url, 'win32', {})?.at(-1)).toBe(url);
  });
});
