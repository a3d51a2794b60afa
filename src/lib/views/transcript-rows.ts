import type { Entry } from '#lib/crdt/plain-values.ts';
import type { GrowingItem } from '#lib/crdt/transcript-document.ts';
import { assertNever } from '#lib/domain/failure.ts';
import type { ToolCall, TranscriptItem } from '#lib/domain/transcript.ts';
import type { HeldSegment, Step, TranscriptParts, TranscriptRow } from './transcript-row.ts';

const looks: ReadonlySet<string> = new Set(['read', 'search', 'think']);

/** What is read between two rows: the parts of a row before they are put together. */
type Piece =
  | { readonly kind: 'item'; readonly seq: number; readonly item: TranscriptItem }
  | { readonly kind: 'growing'; readonly seq: number; readonly growing: GrowingItem }
  | {
      readonly kind: 'foreign';
      readonly seq: number;
      readonly entry: Exclude<Entry<TranscriptItem>, { kind: 'value' }>;
    };

/**
 * Puts a transcript's segments together as rows in the bridge's order (R7). Changes of a tool call are one row at the place of
 * the first, showing the last; thoughts and looking calls beside each other are one row. What did not change is the same
 * object as before, so that a token concerns one row.
 */
export class RowComposer {
  #known = new Map<string, { readonly inputs: readonly unknown[]; readonly row: TranscriptRow }>();

  compose({ older, held }: TranscriptParts): readonly TranscriptRow[] {
    const known = this.#known;
    const kept: typeof known = new Map();
    const reuse = (row: TranscriptRow, inputs: readonly unknown[]): TranscriptRow => {
      const old = known.get(row.key);
      const same =
        old !== undefined &&
        old.inputs.length === inputs.length &&
        old.inputs.every((input, index) => input === inputs[index]);
      const entry = same ? old : { inputs, row };
      kept.set(row.key, entry);
      return entry.row;
    };
    const calls = latestCalls(held);
    const shown = new Set<string>();
    const rows = held.flatMap((part) => rowsOfSegment(part, { calls, shown, reuse }));
    this.#known = kept;
    return older === null ? rows : [older, ...rows];
  }
}

interface Composing {
  readonly calls: ReadonlyMap<string, { readonly itemId: string; readonly call: ToolCall }>;
  /** Calls that have their row already. */
  readonly shown: Set<string>;
  readonly reuse: (row: TranscriptRow, inputs: readonly unknown[]) => TranscriptRow;
}

function rowsOfSegment(part: HeldSegment, { calls, shown, reuse }: Composing): TranscriptRow[] {
  const rows: TranscriptRow[] = [];
  let group: { key: string; seq: number; at: number; steps: Step[]; inputs: unknown[] } | null =
    null;
  const closeGroup = (): void => {
    if (group === null) return;
    const { inputs, ...row } = group;
    rows.push(reuse({ kind: 'steps', ...row }, inputs));
    group = null;
  };
  for (const piece of piecesOf(part)) {
    const found = readPiece(piece, calls, shown, part.n);
    if (found === null) continue;
    if ('step' in found) {
      group ??= { key: `steps ${found.key}`, seq: piece.seq, at: found.at, steps: [], inputs: [] };
      group.steps.push(found.step);
      group.inputs.push(found.input);
      continue;
    }
    closeGroup();
    rows.push(reuse(found.row, [found.input]));
  }
  closeGroup();
  return rows;
}

type Found =
  | { readonly row: TranscriptRow; readonly input: unknown }
  | { readonly step: Step; readonly key: string; readonly at: number; readonly input: unknown };

function readPiece(
  piece: Piece,
  calls: Composing['calls'],
  shown: Set<string>,
  segment: number,
): Found | null {
  const { seq } = piece;
  if (piece.kind === 'foreign') {
    const { entry } = piece;
    const v = entry.kind === 'newer' ? entry.v : null;
    const key = `foreign ${String(segment)} ${entry.key}`;
    return { row: { kind: 'foreign', key, seq, v, raw: rawText(entry.raw) }, input: entry };
  }
  const item = piece.kind === 'item' ? piece.item : piece.growing.item;
  const input = piece.kind === 'item' ? piece.item : piece.growing;
  const { id: itemId, at, turnId } = item;
  if (item.kind === 'tool') {
    const name = callName(item.turnId, item.call);
    if (shown.has(name)) return null;
    shown.add(name);
    const call = (calls.get(name) ?? item).call;
    const key = `call ${name}`;
    return looks.has(call.toolKind)
      ? { step: { kind: 'look', itemId, call }, key, at, input: call }
      : { row: { kind: 'tool', key, seq, itemId, call, at }, input: call };
  }
  if (item.kind === 'answer') {
    const [text, progress] =
      piece.kind === 'growing'
        ? ([piece.growing.text, 'growing'] as const)
        : piece.item.kind === 'answer'
          ? ([piece.item.text, piece.item.cut ? 'cut' : 'whole'] as const)
          : (['', 'whole'] as const);
    return { row: { kind: 'answer', key: itemId, seq, itemId, text, at, turnId, progress }, input };
  }
  if (item.kind === 'thought') {
    const end =
      piece.kind === 'item' && piece.item.kind === 'thought'
        ? { text: piece.item.text, endedAt: piece.item.endedAt, cut: piece.item.cut }
        : { text: piece.kind === 'growing' ? piece.growing.text : '', endedAt: null, cut: false };
    return { step: { kind: 'thought', itemId, at, ...end }, key: itemId, at, input };
  }
  return { row: plainRow(item, seq), input };
}

function plainRow(
  item: Exclude<TranscriptItem, { kind: 'tool' | 'answer' | 'thought' }>,
  seq: number,
): TranscriptRow {
  const head = { key: item.id, seq };
  switch (item.kind) {
    case 'prompt':
      return { kind: 'prompt', ...head, item };
    case 'permission':
      return { kind: 'permission', ...head, item };
    case 'turn_end':
      return { kind: 'turn_end', ...head, item };
    case 'notice':
      return { kind: 'notice', ...head, item };
    case 'unknown':
      return { kind: 'unknown', ...head, item };
    default:
      return assertNever(item);
  }
}

/** In the bridge's order; what cannot be read stays behind the entry it was found after. */
function piecesOf(part: HeldSegment): Piece[] {
  let lastSeq = 0;
  const pieces = part.entries.map((entry): Piece => {
    if (entry.kind !== 'value') return { kind: 'foreign', seq: lastSeq, entry };
    lastSeq = entry.value.seq;
    return { kind: 'item', seq: lastSeq, item: entry.value };
  });
  const finished = new Set(
    part.entries.flatMap((entry) => (entry.kind === 'value' ? [entry.value.id] : [])),
  );
  for (const growing of part.growing)
    if (!finished.has(growing.item.id))
      pieces.push({ kind: 'growing', seq: growing.item.seq, growing });
  return pieces.sort((a, b) => a.seq - b.seq);
}

/** The last word on each tool call: a later item wins, and one that still grows is the last. */
function latestCalls(parts: readonly HeldSegment[]): Composing['calls'] {
  const latest = new Map<string, { itemId: string; call: ToolCall; seq: number }>();
  const take = (item: { id: string; turnId: string | null; seq: number; call: ToolCall }): void => {
    const name = callName(item.turnId, item.call);
    const known = latest.get(name);
    if (known === undefined || known.seq <= item.seq)
      latest.set(name, { itemId: item.id, call: item.call, seq: item.seq });
  };
  for (const part of parts) {
    for (const entry of part.entries)
      if (entry.kind === 'value' && entry.value.kind === 'tool') take(entry.value);
    for (const { item } of part.growing) if (item.kind === 'tool') take(item);
  }
  return latest;
}

/** Agents number their calls anew in each run, so the turn is part of the name. */
const callName = (turnId: string | null, call: ToolCall): string =>
  `${turnId ?? ''} ${call.toolCallId}`;

function rawText(raw: unknown): string {
  try {
    return JSON.stringify(raw, null, 2);
  } catch {
    return String(raw);
  }
}
