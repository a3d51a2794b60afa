import type { Cancel, Scheduler } from '#lib/domain/clock.ts';
import { limits } from '#lib/domain/limits.ts';
import type { AgentMode, SessionState } from '#lib/domain/session.ts';
import type { SessionRecord } from '../../journal/session-record.ts';
import type { Heard } from './agent-link.ts';
import type { IndexEntry } from './index-entry.ts';
import type { PermissionDesk } from './permission-desk.ts';
import type { TurnRecorder } from './turn-recorder.ts';

/** What the agent says, put where it belongs: the transcript, the session's state, the permission desk. */
export interface AgentWords extends Heard {
  readonly mode: SessionState['mode'];
  /** Figures that wait to be shown are shown. */
  flush(): void;
}

export function createAgentWords(deps: {
  readonly record: Pick<SessionRecord, 'put'>;
  readonly recorder: TurnRecorder;
  readonly desk: PermissionDesk;
  readonly entry: IndexEntry;
  readonly scheduler: Scheduler;
  readonly onProgress: () => void;
}): AgentWords {
  const { record, recorder, desk, entry } = deps;
  let mode: SessionState['mode'] = { current: null, available: [] };
  let usage: { readonly used: number; readonly size: number } | null = null;
  let cancelUsage: Cancel | null = null;

  const showUsage = (): void => {
    cancelUsage?.();
    cancelUsage = null;
    if (usage !== null) record.put('usage', { ...usage });
    usage = null;
  };

  return {
    text(chunk) {
      recorder.text(chunk);
      deps.onProgress();
    },
    tool(change) {
      recorder.tool(change);
      desk.toolChanged(change);
      deps.onProgress();
    },
    plan(plan) {
      record.put('plan', plan.slice(0, limits.planEntriesMax));
      deps.onProgress();
    },
    modes(current, available) {
      const before = mode;
      mode = { current, available: [...available] };
      if (JSON.stringify(before) === JSON.stringify(mode)) return;
      record.put('mode', mode);
      if (before.current !== current && current !== null) sayMode(recorder, mode, before.current);
    },
    commands(commands) {
      record.put('commands', [...commands]);
    },
    usage(figures) {
      usage = figures;
      cancelUsage ??= deps.scheduler.after(limits.sessionInfoEveryMs, showUsage);
    },
    title(title) {
      const text = title.trim().slice(0, limits.titleCharsMax);
      if (text !== '') entry.change({ title: text });
    },
    notice({ level, text, detail }) {
      recorder.notice(level, text, detail);
      deps.onProgress();
    },
    unknown(source, raw) {
      recorder.unknown(source, raw);
      deps.onProgress();
    },
    permission(ask) {
      recorder.tool(ask.tool);
      deps.onProgress();
      return desk.ask(ask, recorder.turnId);
    },
    get mode() {
      return mode;
    },
    flush() {
      if (cancelUsage !== null) showUsage();
    },
  };
}

/** A mode that does not ask is always said; another only when it is a change. */
function sayMode(
  recorder: TurnRecorder,
  { current, available }: SessionState['mode'],
  before: string | null,
): void {
  const found: AgentMode | undefined = available.find(({ id }) => id === current);
  const name = found?.name ?? current ?? '';
  if (found?.asks === false)
    recorder.notice('warning', `Mode “${name}”: the agent may change things without asking.`);
  else if (before !== null) recorder.notice('info', `Mode “${name}”.`);
}
