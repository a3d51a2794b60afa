import { describe, expect, test } from 'vitest';
import { answerTo, isOldShell, isPrecached, shellName, type Asked } from './shell.ts';

const origin = 'http://localhost:4747';
const shipped = new Set(['/_app/immutable/entry/start.js', '/icon.svg']);
const asked = (path: string, fields: Partial<Asked> = {}): Asked => ({
  method: 'GET',
  mode: 'cors',
  url: new URL(path, origin).href,
  ...fields,
});

describe('[R8] what the service worker answers', () => {
  test.each(['/', '/s/01890000-0000-7000-8000-000000000001?panel=tasks', '/pair', '/nowhere'])(
    'a navigation to %s is the page of this version',
    (path) => {
      expect(answerTo(asked(path, { mode: 'navigate' }), origin, shipped)).toBe('page');
    },
  );

  test.each(['/api/commands', '/api', '/sync/tasks', '/sync', '/healthz', '/metrics'])(
    '%s is the bridge’s, also as a navigation',
    (path) => {
      expect(answerTo(asked(path), origin, shipped)).toBe('network');
      expect(answerTo(asked(path, { mode: 'navigate' }), origin, shipped)).toBe('network');
    },
  );

  test('a path that only begins like one of the bridge’s is a page', () => {
    expect(answerTo(asked('/apiary', { mode: 'navigate' }), origin, shipped)).toBe('page');
  });

  test('files of this version are files, others go to the network', () => {
    expect(answerTo(asked('/icon.svg?v=1'), origin, shipped)).toBe('file');
    expect(answerTo(asked('/_app/immutable/entry/older.js'), origin, shipped)).toBe('network');
  });

  test('other methods and other origins are left alone', () => {
    expect(answerTo(asked('/icon.svg', { method: 'POST' }), origin, shipped)).toBe('network');
    expect(
      answerTo(asked('/icon.svg', { url: 'https://example.org/icon.svg' }), origin, shipped),
    ).toBe('network');
  });
});

test('fonts of other scripts are fetched when a text needs them', () => {
  expect(isPrecached('/_app/immutable/assets/inter-latin-wght-normal.B1x.woff2')).toBe(true);
  expect(isPrecached('/_app/immutable/assets/inter-latin-ext-wght-normal.B1x.woff2')).toBe(true);
  expect(isPrecached('/_app/immutable/assets/inter-cyrillic-ext-wght-normal.B1x.woff2')).toBe(
    false,
  );
  expect(isPrecached('/_app/immutable/assets/jetbrains-mono-greek-wght-normal.B1x.woff2')).toBe(
    false,
  );
});

test('only shells of other versions are old', () => {
  expect(isOldShell(shellName('1'), '2')).toBe(true);
  expect(isOldShell(shellName('2'), '2')).toBe(false);
  expect(isOldShell('something else', '2')).toBe(false);
});
