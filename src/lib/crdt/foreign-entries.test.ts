import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { newName, personIdSchema, sessionIdSchema, taskIdSchema } from '#lib/domain/ids.ts';
import { seededRandom } from '../../../tests/fixtures/manual-time.ts';
import { bridgeDocument, bridgeMaps } from './bridge-document.ts';
import { personDocument } from './person-document.ts';
import { sessionDocument } from './session-document.ts';
import { stateDocument, stateMaps } from './state-document.ts';
import { tasksDocument } from './tasks-document.ts';
import { workspaceDocument } from './workspace-document.ts';

const random = seededRandom(3);
const session = sessionIdSchema.parse('018f0000-0000-7000-8000-000000000001');
const mara = personIdSchema.parse('mara');
const newer = { v: 2, hologram: 'of tomorrow' };

/** As a newer version of Rejoin left it: an entry of its own format in each of these maps, and a root nobody here knows. */
function leftByNewer(maps: readonly string[]): Y.Doc {
  const doc = new Y.Doc();
  doc.getArray('holograms').push(['a root of tomorrow']);
  for (const map of maps) doc.getMap(map).set('tomorrow', newer);
  return doc;
}

const found = (maps: readonly string[]) =>
  maps.map((where) => ({ where, key: 'tomorrow', v: 2, raw: newer }));

describe('[DESIGN 4.1] entries of a newer version', () => {
  test('in the bridge’s room are told, map by map, and the others are read', () => {
    const doc = leftByNewer(bridgeMaps);
    const bridge = bridgeDocument(doc);
    expect(bridge.foreign.read().toSorted((a, b) => (a.where < b.where ? -1 : 1))).toEqual(
      found(bridgeMaps.toSorted()),
    );
    expect([bridge.sessions.read(), bridge.projects.read(), bridge.info.read()]).toEqual([
      [],
      [],
      null,
    ]);
  });

  test('in a session’s state are told, single fields among them', () => {
    const doc = leftByNewer(stateMaps);
    doc.getMap('state').set('run', { v: 2, kind: 'dreaming' });
    doc.getMap('state').set('plan', 'no plan');
    doc.getMap('state').set('field of tomorrow', 1);
    const state = stateDocument(doc);
    expect(state.foreign.read()).toEqual([
      { where: 'state', key: 'run', v: 2, raw: { v: 2, kind: 'dreaming' } },
      { where: 'state', key: 'plan', v: null, raw: 'no plan' },
      ...found(stateMaps),
    ]);
    expect(state.field('run').read()).toBeNull();
  });

  test('among prompts and notes are told and kept by edits beside them; no prompt of them is in the queue', () => {
    const doc = leftByNewer(['prompts', 'notes']);
    const document = sessionDocument(doc);
    expect(document.foreign.read()).toEqual(found(['prompts', 'notes']));
    document.setSharedDraftId('draft');
    expect(document.prompts.read()).toEqual([]);
    expect(doc.getMap('prompts').get('tomorrow')).toEqual(newer);
    expect(doc.getMap('notes').get('tomorrow')).toEqual(newer);
  });

  test('among tasks are told and kept by edits beside them', () => {
    const doc = leftByNewer(['tasks']);
    const nested = new Y.Map<unknown>(Object.entries({ v: 2, title: 'a task of tomorrow' }));
    doc.getMap('tasks').set('nested', nested);
    doc.getMap('tasks').set('odd', 'no task');
    const document = tasksDocument(doc);
    expect(document.foreign.read()).toEqual([
      ...found(['tasks']),
      { where: 'tasks', key: 'nested', v: 2, raw: { v: 2, title: 'a task of tomorrow' } },
      { where: 'tasks', key: 'odd', v: null, raw: 'no task' },
    ]);
    const id = taskIdSchema.parse(newName(random));
    document.create({ id, title: 'of today', sessionId: null, createdBy: mara, createdAt: 1 });
    for (const key of ['tomorrow', 'nested', 'odd']) {
      const odd = taskIdSchema.parse(key);
      document.move(id, odd, null);
      expect(document.title(odd)).toBeNull();
    }
    expect(document.tasks.read().map(({ title }) => title)).toEqual(['of today']);
    expect(doc.getMap('tasks').get('tomorrow')).toEqual(newer);
    expect(doc.getMap('tasks').get('odd')).toBe('no task');
  });

  test('among labels of sessions are told; labels that nobody here knows are a newer version’s own', () => {
    const doc = new Y.Doc();
    doc.getMap('sessions').set(`${session}/title`, newer);
    doc.getMap('sessions').set(`${session}/color`, 'of tomorrow');
    const document = workspaceDocument(doc);
    expect(document.foreign.read()).toEqual([
      { where: 'sessions', key: `${session}/title`, v: 2, raw: newer },
    ]);
    document.pin(session, true);
    expect(document.sessions.read().get(session)).toEqual({
      title: null,
      pinned: true,
      archived: false,
    });
    expect(doc.getMap('sessions').get(`${session}/title`)).toEqual(newer);
  });

  test('among a draft’s files stay when files are put beside them or taken out', () => {
    const doc = new Y.Doc();
    const file = { sha256: 'a'.repeat(64), name: 'a.png', type: 'image/png', bytes: 1 };
    doc.getMap('draftFiles').set(session, [newer, file]);
    const document = personDocument(doc);
    const readable = document.attachments(session).read();
    expect(readable).toEqual([file]);
    document.setAttachments(session, [...readable, ...readable]);
    expect(doc.getMap('draftFiles').get(session)).toEqual([file, file, newer]);
    document.setAttachments(session, []);
    expect(doc.getMap('draftFiles').get(session)).toEqual([newer]);
  });
});
