import * as z from 'zod/mini';
import { LocalEdit, type ChangeLabel } from '#lib/crdt/origins.ts';
import { limits } from '#lib/domain/limits.ts';
import type { Room } from '#lib/domain/room.ts';

export const changeLabelSchema = z.object({
  kind: z.enum(['prompt', 'note', 'task', 'draft', 'session', 'mark', 'preference']),
  entity: z.string(),
  text: z.string(),
});

/** Origin of an update that another tab of this browser made; it counts as this tab's own until the bridge has it. */
export class RelayedEdit {
  readonly change: ChangeLabel;

  constructor(change: ChangeLabel) {
    this.change = change;
  }
}

/** What a change without a name is called in the list of what waits: one change per document. */
export function unnamedChange(room: Room): ChangeLabel {
  const kind = room.kind === 'tasks' ? 'task' : room.kind === 'person' ? 'preference' : 'session';
  return { kind, entity: 'unnamed', text: '' };
}

/** The name of the change that an update is part of, by its transaction's origin. */
export const labelOf = (origin: unknown, room: Room): ChangeLabel =>
  origin instanceof LocalEdit || origin instanceof RelayedEdit
    ? origin.change
    : unnamedChange(room);

/** The label as it is written down: enough to recognise the change by. */
export const shortened = (label: ChangeLabel): ChangeLabel =>
  label.text.length <= limits.changeTextCharsMax
    ? label
    : { ...label, text: label.text.slice(0, limits.changeTextCharsMax) };
