/** What the playground repository begins with: a program of one file and its test, which passes with `node --test`. */
export const playgroundFiles: readonly (readonly [name: string, text: string])[] = [
  [
    'README.md',
    `# Shopping list

A small program to try things on. It adds up what is on a shopping list.

    node shopping.js milk:2:1.19 bread:1:3.40
    node --test

Ideas for a first prompt:

- Read shopping.js and say what it does.
- Refuse a negative quantity, and add a test for it.
- Print the most expensive line last.
`,
  ],
  [
    'shopping.js',
    `import { pathToFileURL } from 'node:url';

/** Reads one line of the list, written as name:quantity:price. */
export function parseLine(text) {
  const [name, quantity, price] = text.split(':');
  if (!name || Number.isNaN(Number(quantity)) || Number.isNaN(Number(price)))
    throw new Error(\`expected name:quantity:price, got "\${text}"\`);
  return { name, quantity: Number(quantity), price: Number(price) };
}

/** The sum of all lines, in cents, so that nothing is lost to rounding. */
export function totalInCents(lines) {
  return lines.reduce((sum, line) => sum + line.quantity * Math.round(line.price * 100), 0);
}

export function receipt(lines) {
  const rows = lines.map((line) => \`\${line.quantity} x \${line.name}\`);
  return [...rows, \`total \${(totalInCents(lines) / 100).toFixed(2)}\`].join('\\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  console.log(receipt(process.argv.slice(2).map(parseLine)));
`,
  ],
  [
    'shopping.test.js',
    `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLine, receipt, totalInCents } from './shopping.js';

test('a line is a name, a quantity and a price', () => {
  assert.deepEqual(parseLine('milk:2:1.19'), { name: 'milk', quantity: 2, price: 1.19 });
});

test('a line without a price is refused', () => {
  assert.throws(() => parseLine('milk:2'), /expected name:quantity:price/);
});

test('the total is exact', () => {
  const lines = ['milk:2:1.19', 'bread:1:3.40'].map(parseLine);
  assert.equal(totalInCents(lines), 578);
  assert.equal(receipt(lines), '2 x milk\\n1 x bread\\ntotal 5.78');
});
`,
  ],
  [
    'package.json',
    `{
  "name": "shopping-list",
  "version": "1.0.0",
  "private": true,
  "type": "module",
  "scripts": { "test": "node --test" }
}
`,
  ],
  ['.gitignore', 'node_modules/\n'],
];
