import { expect, test } from 'vitest';
import { sessionIdSchema } from '#lib/domain/ids.ts';
import { wholeHistory } from '#lib/views/queue-history.ts';
import { openQueue, queueAddress, queuePlace, type QueuePlace } from './queue-address.ts';

const sessionId = sessionIdSchema.parse('01890000-0000-7000-8000-000000000001');
const read = (address: string): QueuePlace => {
  const url = new URL(address, 'http://localhost');
  const entry = url.pathname.split('/')[2];
  return queuePlace(entry === undefined ? undefined : decodeURIComponent(entry), url.searchParams);
};

test.each<[string, QueuePlace]>([
  ['/queue', openQueue],
  ['/queue/abc', { ...openQueue, entry: 'abc' }],
  ['/queue/session%2F1%3A7', { ...openQueue, entry: 'session/1:7' }],
  ['/queue?tab=history', { ...openQueue, tab: 'history' }],
  [
    `/queue/abc?tab=history&words=npm+test&session=${sessionId}&kind=mode.set`,
    {
      tab: 'history',
      entry: 'abc',
      filter: { words: 'npm test', sessionId, kind: 'mode.set' },
    },
  ],
])('%s is an address that leads to what it was made of', (address, place) => {
  expect(queueAddress(place)).toBe(address);
  expect(read(address)).toEqual(place);
});

test('what an address should not hold is passed over', () => {
  expect(read('/queue?tab=everything&session=me')).toEqual(openQueue);
  expect(queueAddress({ ...openQueue, filter: { ...wholeHistory, words: 'x' } })).toBe('/queue');
});
