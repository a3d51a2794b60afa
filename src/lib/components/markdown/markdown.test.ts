import { limits } from '#lib/domain/limits.ts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linkTarget } from './links.ts';
import { MarkdownReader } from './markdown-reader.ts';
import type { Block, Inline } from './tree.ts';

const read = (text: string): readonly Block[] =>
  new MarkdownReader({ breaks: false }).read(text).map(({ block }) => block);
const inlines = (text: string): readonly Inline[] => {
  const [block] = read(text);
  return block?.kind === 'paragraph' ? block.children : [];
};

describe('[R11] text of agents is data', () => {
  test('HTML is shown as it was written, as block and in a line', () => {
    expect(read('<img src=x onerror=alert(1)>')).toEqual([
      { kind: 'raw', text: '<img src=x onerror=alert(1)>' },
    ]);
    expect(inlines('a <b onclick="x()">bold</b>')).toEqual([
      { kind: 'text', text: 'a ' },
      { kind: 'text', text: '<b onclick="x()">' },
      { kind: 'text', text: 'bold' },
      { kind: 'text', text: '</b>' },
    ]);
  });

  test('a link opens http, https and mail only; any other is its words and its address', () => {
    expect(linkTarget('javascript:alert(1)', 'x')).toBeNull();
    expect(linkTarget('data:text/html,x', 'x')).toBeNull();
    expect(linkTarget('src/retry.ts', 'x')).toBeNull();
    expect(linkTarget('//evil.example', 'x')).toBeNull();
    expect(linkTarget('https://a.example/b', 'x')).toMatchObject({ host: 'a.example' });
    expect(linkTarget('mailto:ilse@a.example', 'x')).toMatchObject({ host: 'ilse@a.example' });
    expect(inlines('[press](javascript:alert)')).toEqual([
      {
        kind: 'em',
        children: [
          { kind: 'text', text: 'press' },
          { kind: 'text', text: ' (javascript:alert)' },
        ],
      },
    ]);
  });

  test('a link whose words name another host than it goes to says so', () => {
    expect(linkTarget('https://evil.example', 'https://good.example/a')?.misleading).toBe(true);
    expect(linkTarget('https://evil.example', 'good.example')?.misleading).toBe(true);
    expect(linkTarget('https://www.good.example/a', 'good.example/a')?.misleading).toBe(false);
    expect(linkTarget('https://good.example/a', 'the manual')?.misleading).toBe(false);
  });

  test('an image is never fetched: it is an address', () => {
    expect(inlines('![a chart](https://t.example/p.png?id=1)')).toEqual([
      {
        kind: 'image',
        alt: 'a chart',
        target: { href: 'https://t.example/p.png?id=1', host: 't.example', misleading: false },
      },
    ]);
  });

  test('[R9] nesting without end is shown, not followed', () => {
    const depth = (blocks: readonly Block[]): number =>
      Math.max(0, ...blocks.map((block) => (block.kind === 'quote' ? 1 + depth(block.blocks) : 0)));
    expect(depth(read(`${'> '.repeat(limits.markdownNestingMax + 40)}deep`))).toBeLessThanOrEqual(
      limits.markdownNestingMax + 1,
    );
    expect(read(`${'>'.repeat(60_000)}deep`).length).toBeGreaterThan(0);
  });
});

describe('Markdown', () => {
  test('character references are characters in text and stay as written in code', () => {
    expect(inlines('a &lt;b&gt; &#x2192; `&lt;`')).toEqual([
      { kind: 'text', text: 'a <b> → ' },
      { kind: 'code', text: '&lt;' },
    ]);
  });

  test('lists keep their number, their tasks and their looseness', () => {
    expect(read('3. a\n4. b')).toMatchObject([{ kind: 'list', start: 3, loose: false }]);
    expect(read('- [x] done\n- [ ] open')).toMatchObject([
      {
        start: null,
        items: [
          { checked: true, blocks: [{ kind: 'paragraph', children: [{ text: 'done' }] }] },
          { checked: false },
        ],
      },
    ]);
  });

  test('a fence is closed only when its end came', () => {
    expect(read('```ts\nconst a = 1;')).toMatchObject([{ kind: 'code', closed: false }]);
    expect(read('```ts\nconst a = 1;\n```')).toMatchObject([
      { kind: 'code', closed: true, info: 'ts', text: 'const a = 1;' },
    ]);
  });

  test('a table has its rows and sides', () => {
    expect(read('| a | b |\n|---|--:|\n| 1 | 2 |')).toMatchObject([
      { kind: 'table', align: [null, 'right'], rows: [[[{ text: '1' }], [{ text: '2' }]]] },
    ]);
  });
});

describe('Markdown that grows', () => {
  test('finished blocks keep their identity while text is added behind them', () => {
    const reader = new MarkdownReader({ breaks: false });
    const before = reader.read('# One\n\nFirst paragraph.\n\nSecond paragraph.\n\nThird');
    const after = reader.read('# One\n\nFirst paragraph.\n\nSecond paragraph.\n\nThird grows');
    expect(after.slice(0, 3)).toEqual(before.slice(0, 3));
    for (const index of [0, 1, 2]) expect(after[index]).toBe(before[index]);
    expect(after[3]?.key).toBe(before[3]?.key);
  });

  test('read piece by piece it is what it is when read at once', () => {
    const pieces = [
      '# A\n',
      '\ntext ',
      '**bold',
      '** more',
      '\n\n- one\n',
      '- two\n',
      '\n  still\n',
      '\n```js\n',
      'x\n',
      '```\n',
      '| a |\n',
      '|---|\n',
      '| 1 |\n',
      '\n> q\n',
      '1. n\n',
      'tail',
      '\n===\n',
      '<b>',
      '\n\n',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 14 }), (parts) => {
        const reader = new MarkdownReader({ breaks: false });
        let text = '';
        for (const part of parts) {
          text += part;
          reader.read(text);
        }
        expect(reader.read(text).map(({ block }) => block)).toEqual(read(text));
      }),
      { seed: 4117, numRuns: 300 },
    );
  });
});
