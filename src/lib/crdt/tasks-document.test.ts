import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { personIdSchema, taskIdSchema } from '#lib/domain/ids.ts';
import { tasksDocument } from './tasks-document.ts';

const me = personIdSchema.parse('ilse');
const id = (name: string) => taskIdSchema.parse(name);

/** Two devices that hold the same task and are apart. */
function apart() {
  const laptop = new Y.Doc();
  const phone = new Y.Doc();
  tasksDocument(laptop).create({
    id: id('ask-tom'),
    title: 'Ask Tom',
    sessionId: null,
    createdBy: me,
    createdAt: 1,
  });
  Y.applyUpdate(phone, Y.encodeStateAsUpdate(laptop));
  return { laptop, phone };
}

function meet(a: Y.Doc, b: Y.Doc): void {
  Y.applyUpdate(a, Y.encodeStateAsUpdate(b));
  Y.applyUpdate(b, Y.encodeStateAsUpdate(a));
}

describe('tasks', () => {
  test('different fields of one task, edited apart, both survive', () => {
    const { laptop, phone } = apart();
    tasksDocument(laptop).setState(id('ask-tom'), 'doing');
    tasksDocument(phone).assign(id('ask-tom'), me);
    tasksDocument(phone).title(id('ask-tom'))?.replace('Ask Tom about the gateway');
    meet(laptop, phone);
    for (const doc of [laptop, phone])
      expect(tasksDocument(doc).tasks.read()).toMatchObject([
        { title: 'Ask Tom about the gateway', state: 'doing', assignee: me },
      ]);
  });

  test('a title that two devices write at once merges by character', () => {
    const { laptop, phone } = apart();
    tasksDocument(laptop).title(id('ask-tom'))?.replace('Do ask Tom');
    tasksDocument(phone).title(id('ask-tom'))?.replace('Ask Tom today');
    meet(laptop, phone);
    const title = tasksDocument(laptop).title(id('ask-tom'))?.read();
    expect(title).toBe(tasksDocument(phone).title(id('ask-tom'))?.read());
    expect(title).toContain('today');
    expect(title).toContain('Do ');
  });

  test('a task that was deleted comes back whole', () => {
    const { laptop } = apart();
    const tasks = tasksDocument(laptop);
    tasks.remove(id('ask-tom'));
    expect(tasks.tasks.read()).toEqual([]);
    tasks.restore(id('ask-tom'));
    expect(tasks.tasks.read()).toMatchObject([{ title: 'Ask Tom' }]);
  });

  test('two devices that order tasks apart end with one order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.nat(5), fc.nat(5)), { maxLength: 20 }),
        (moves) => {
          const { laptop, phone } = apart();
          const names = ['a', 'b', 'c', 'd', 'e'].map(id);
          for (const name of names)
            tasksDocument(laptop).create({
              id: name,
              title: name,
              sessionId: null,
              createdBy: me,
              createdAt: 1,
            });
          meet(laptop, phone);
          for (const [onLaptop, from, to] of moves) {
            const tasks = tasksDocument(onLaptop ? laptop : phone);
            const order = tasks.tasks.read();
            const moved = order[from];
            const others = order.filter((task) => task !== moved);
            if (moved !== undefined)
              tasks.move(moved.id, others[to - 1]?.id ?? null, others[to]?.id ?? null);
          }
          meet(laptop, phone);
          const ids = (doc: Y.Doc) =>
            tasksDocument(doc)
              .tasks.read()
              .map((task) => task.id);
          expect(ids(laptop)).toEqual(ids(phone));
          expect(ids(laptop)).toHaveLength(6);
        },
      ),
      { numRuns: 40 },
    );
  });
});
