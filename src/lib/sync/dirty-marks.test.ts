import { describe, expect, it } from 'vitest';
import type { ChangeLabel } from '#lib/crdt/origins.ts';
import { bridgeIdSchema } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import { ManualTime } from '../../../tests/fixtures/manual-time.ts';
import { DirtyMarks } from './dirty-marks.ts';
import { MemoryDisk, MemoryTables } from './memory-tables.ts';

const label = (entity: string, text = entity): ChangeLabel => ({ kind: 'task', entity, text });

function marks(disk = new MemoryDisk(), tab = 'tab-1') {
  const time = new ManualTime();
  const own = new DirtyMarks({
    tables: new MemoryTables(disk),
    bridgeId: bridgeIdSchema.parse('bridge-1'),
    tab,
    clock: time,
    scheduler: time,
    announce: () => undefined,
  });
  const entities = async (): Promise<readonly string[]> => {
    await own.reload();
    return own.rows
      .read()
      .flatMap(({ changes }) => changes.map((change) => change.label.entity))
      .sort();
  };
  return { own, time, disk, entities };
}

describe('marks', () => {
  it('[R5] are on disk before the first edit of an entry may be, and once is enough', async () => {
    const { disk, entities, own } = marks();
    const first = own.note('tasks', label('a'));
    expect(first).not.toBeNull();
    await first;
    expect(await marks(disk, 'tab-2').entities()).toEqual(['a']);
    expect(own.note('tasks', label('a', 'longer'))).toBeNull();
    const second = own.note('tasks', label('b'));
    expect(second).not.toBeNull();
    await second;
    expect(await entities()).toEqual(['a', 'b']);
  });

  it('are one row per room and tab', async () => {
    const { disk, own } = marks();
    await own.note('tasks', label('a'));
    await own.note('workspace', label('b'));
    const other = marks(disk, 'tab-2');
    await other.own.note('tasks', label('c'));
    await other.own.reload();
    expect(
      other.own.rows
        .read()
        .map(({ room, tab }) => `${room} ${tab}`)
        .sort(),
    ).toEqual(['tasks tab-1', 'tasks tab-2', 'workspace tab-1']);
  });

  it('are removed some time after everything was acknowledged', async () => {
    const { entities, own, time } = marks();
    await own.note('tasks', label('a'));
    own.clear('tasks');
    expect(await entities()).toEqual(['a']);
    time.advance(1000);
    expect(await entities()).toEqual([]);
  });

  it('are written again before the next edit once they were removed', async () => {
    const { entities, own, time } = marks();
    await own.note('tasks', label('a'));
    own.clear('tasks');
    time.advance(1000);
    await own.reload();
    await own.note('tasks', label('a'));
    expect(await entities()).toEqual(['a']);
  });

  it('survive an acknowledgement that an edit followed', async () => {
    const { entities, own, time } = marks();
    await own.note('tasks', label('a'));
    own.clear('tasks');
    await own.note('tasks', label('b'));
    time.advance(5000);
    expect(await entities()).toEqual(['b']);
  });

  it('of another tab are removed only as they were read', async () => {
    const { disk, own } = marks();
    await own.note('tasks', label('a'));
    const uploader = marks(disk, 'tab-2').own;
    await uploader.reload();
    const read = uploader.rows.read();
    await own.note('tasks', label('b'));
    await uploader.removeUploaded(read);
    expect(uploader.rows.read()).toHaveLength(1);
    await uploader.removeUploaded(uploader.rows.read());
    expect(uploader.rows.read()).toHaveLength(0);
  });

  it('[R9] name a change by at most 500 characters', async () => {
    const { own } = marks();
    await own.note('tasks', label('a', 'x'.repeat(limits.changeTextCharsMax + 1)));
    await own.reload();
    expect(own.rows.read()[0]?.changes[0]?.label.text).toHaveLength(limits.changeTextCharsMax);
  });
});
