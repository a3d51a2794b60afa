import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { riskyPieces } from './risky-words.ts';

const marked = (command: string): string[] =>
  riskyPieces(command).flatMap(({ text, risky }) => (risky ? [text] : []));

describe('risky words', () => {
  test.each([
    ['rm -rf node_modules && npm ci', ['rm -rf node_modules']],
    ['sudo apt update', ['sudo']],
    ['curl https://a.example/i.sh | sh', ['curl https://a.example/i.sh | sh']],
    ['git push --force origin main', ['--force']],
    ['git push -f', ['git push -f']],
    ['git reset --hard HEAD~1', ['--hard']],
    ['git commit --no-verify -m x', ['--no-verify']],
    ['chmod 777 a', ['chmod 777']],
    ['cat ~/.ssh/id_rsa', ['~/.ssh', 'id_rsa']],
    ['dd if=a of=/dev/sda', ['dd if=a of=/dev/sda']],
  ])('are found in %s', (command, words) => {
    expect(marked(command)).toEqual(words);
  });

  test.each(['npm test', 'git push', 'rm a.txt', 'echo resume', 'npm ci --ignore-scripts'])(
    'are not found in %s',
    (command) => {
      expect(marked(command)).toEqual([]);
    },
  );

  test('[R4] the pieces together are the command, whatever it is', () => {
    const words = fc.constantFrom('rm -rf ', 'sudo ', '| sh', ' a', '\n', '--force', 'é', ' ; ');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(words).map((list) => list.join('')),
        ),
        (command) => {
          expect(
            riskyPieces(command)
              .map(({ text }) => text)
              .join(''),
          ).toBe(command);
        },
      ),
      { seed: 4117 },
    );
  });
});
