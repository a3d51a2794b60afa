import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rankBehind, rankBetween } from './rank.ts';

const behind = (count: number): string[] => {
  const ranks: string[] = [];
  for (let index = 0; index < count; index += 1)
    ranks.push(rankBehind(ranks.map((rank) => ({ rank }))));
  return ranks;
};

describe('ranks', () => {
  test('each behind the others is the greatest', () => {
    const ranks = behind(50);
    expect(ranks.toSorted()).toEqual(ranks);
  });

  test('between two neighbours there is always one more', () => {
    let [low = '', high = ''] = behind(2);
    for (let round = 0; round < 200; round += 1) {
      const between = rankBetween(low, high);
      expect(low < between && between < high).toBe(true);
      if (round % 2 === 0) low = between;
      else high = between;
    }
  });

  test('whatever another program wrote as a rank, an entry gets a place', () => {
    const rank = fc.oneof(fc.constant(null), fc.string(), fc.constantFrom(...behind(3)));
    fc.assert(
      fc.property(rank, rank, (before, after) => {
        expect(rankBetween(before, after)).not.toBe('');
      }),
    );
  });

  test('a rank that is none does not move what comes behind the others', () => {
    const [first = '', second = ''] = behind(2);
    const fresh = rankBehind([{ rank: '' }, { rank: first }, { rank: second }, { rank: '~' }]);
    expect(fresh > second).toBe(true);
  });
});
