import type { Clock, Random } from '#lib/domain/clock.ts';
import type { CommandOf } from '#lib/domain/command.ts';
import {
  newName,
  permissionIdSchema,
  ruleIdSchema,
  type CommandId,
  type PermissionId,
  type TurnId,
} from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import {
  canBeRule,
  type PermissionOption,
  type PermissionOutcome,
  type PermissionRequest,
  type PermissionRule,
} from '#lib/domain/permission.ts';
import type { ControlContext, ControlOutcome } from '../../journal/contract.ts';
import type { SessionRecord } from '../../journal/session-record.ts';
import { AgentError, type PermissionAsk, type ToolChange } from '../agents/contract.ts';
import type { BlobDesk } from './blob-desk.ts';
import { done, refused } from './control-outcomes.ts';
import { allowOnce, allows, distinctOptions, toldFor } from './permission-options.ts';
import type { PermissionRules, RulePlace } from './permission-rules.ts';
import { canBeShown, frozenSubject, hashOfShown, wish } from './permission-subject.ts';
import { afterAnswer, answeredBy } from './permission-words.ts';
import type { TurnRecorder } from './turn-recorder.ts';

export type GoneWhy = Extract<PermissionOutcome, { kind: 'gone' }>['why'];
export type Told = { readonly optionId: string } | null;

/** A rejection's reason on its way to the agent. */
export interface Reason {
  readonly title: string;
  readonly text: string;
}

/** The permission requests of one session: frozen when asked, answered at most once, void as soon as nobody waits. */
export interface PermissionDesk {
  /** Resolves with what the agent is told; `null`: cancelled. */
  ask(ask: PermissionAsk, turnId: TurnId | null): Promise<Told>;
  /** A change of a tool call that is asked about makes a new request and voids the old one (R4). */
  toolChanged(change: ToolChange): void;
  voidAll(why: GoneWhy): void;
  /** Decides an answer; the first valid one wins. */
  answer(command: CommandOf<'permission.answer'>, context: ControlContext): ControlOutcome;
  /** Reasons of rejections that the agent has not been given yet. */
  takeReasons(): readonly Reason[];
  readonly open: number;
  /** The oldest open request in a few words. */
  readonly needs: string | null;
}

interface Open {
  request: PermissionRequest;
  tool: ToolChange;
  readonly resolve: (told: Told) => void;
  /** The command that won and is being written. */
  answering: CommandId | null;
}

export function createPermissionDesk(deps: {
  readonly record: Pick<SessionRecord, 'putPermission'>;
  readonly recorder: TurnRecorder;
  readonly blobs: BlobDesk;
  readonly rules: PermissionRules;
  readonly place: RulePlace;
  readonly directory: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly nameOf: (personId: ControlContext['author']['personId']) => string;
  readonly onChange: () => void;
}): PermissionDesk {
  const { record, recorder, rules, clock } = deps;
  const open = new Map<PermissionId, Open>();
  /** How requests of this run of the bridge ended, newest last, to tell late answers. */
  const settled = new Map<PermissionId, PermissionOutcome>();
  let reasons: Reason[] = [];

  const requestFor = (
    tool: ToolChange,
    options: readonly PermissionOption[],
    turnId: TurnId | null,
  ): PermissionRequest => {
    const subject = frozenSubject(tool, deps.directory, deps.blobs);
    return {
      v: 1,
      id: permissionIdSchema.parse(newName(deps.random)),
      turnId,
      subject,
      options: [...options],
      hash: hashOfShown(subject, options),
      askedAt: clock.now(),
      outcome: null,
    };
  };

  const recordOutcome = (request: PermissionRequest, outcome: PermissionOutcome): void => {
    recorder.append({
      kind: 'permission',
      permissionId: request.id,
      subject: request.subject,
      outcome,
    });
  };

  const settle = (entry: Open, outcome: PermissionOutcome, told: Told): void => {
    if (!open.delete(entry.request.id)) return;
    settled.set(entry.request.id, outcome);
    if (settled.size > limits.permissionsRemembered)
      settled.delete(settled.keys().next().value ?? entry.request.id);
    record.putPermission({ ...entry.request, outcome });
    recordOutcome(entry.request, outcome);
    entry.resolve(told);
    deps.onChange();
  };

  const show = (entry: Open): void => {
    open.set(entry.request.id, entry);
    record.putPermission(entry.request);
    deps.onChange();
  };

  const gone = (why: GoneWhy): PermissionOutcome => ({ kind: 'gone', why, at: clock.now() });

  const notAsked = (text: string): Promise<Told> => {
    recorder.notice('warning', text);
    return Promise.resolve(null);
  };

  const ruleFrom = (
    request: PermissionRequest,
    command: CommandOf<'permission.answer'>,
    context: ControlContext,
  ): PermissionRule => ({
    v: 1,
    id: ruleIdSchema.parse(newName(deps.random)),
    projectId: deps.place.projectId,
    agentId: deps.place.agentId,
    toolKind: request.subject.toolKind,
    command: request.subject.command ?? '',
    directory: request.subject.directory,
    by: context.author,
    madeAt: context.at,
    madeBy: command.id,
  });

  return {
    ask({ tool, options: offered, signal }, turnId) {
      if (signal.aborted) return Promise.resolve(null);
      const options = distinctOptions(offered);
      if (!canBeShown(tool))
        return notAsked(
          `The agent asked for leave for a command of more than ${String(limits.permissionCommandBytesMax)} bytes. It cannot be shown whole, so nobody was asked and it got no leave.`,
        );
      if (open.size >= limits.openPermissionsMax)
        return notAsked(
          `The agent has ${String(open.size)} open requests, the most that are kept. One more was not asked and got no leave.`,
        );
      const request = requestFor(tool, options, turnId);
      const rule = rules.matching(deps.place, request.subject);
      const once = allowOnce(options);
      if (rule !== null && once !== null) {
        recordOutcome(request, {
          kind: 'by_rule',
          option: once,
          ruleId: rule.id,
          at: clock.now(),
        });
        return Promise.resolve({ optionId: once.optionId });
      }
      return new Promise((resolve) => {
        const entry: Open = { request, tool, resolve, answering: null };
        show(entry);
        signal.addEventListener(
          'abort',
          () => {
            const ended = signal.reason instanceof AgentError && signal.reason.kind === 'ended';
            settle(entry, gone(ended ? 'agent_ended' : 'cancelled'), null);
          },
          { once: true },
        );
      });
    },

    toolChanged(change) {
      for (const entry of [...open.values()]) {
        if (entry.tool.toolCallId !== change.toolCallId) continue;
        // What the tool prints meanwhile is not what was asked.
        const { output: _output, ...asked } = change;
        const tool = { ...entry.tool, ...asked };
        const next = requestFor(tool, entry.request.options, entry.request.turnId);
        if (next.hash === entry.request.hash) continue;
        settle({ ...entry, resolve: () => undefined }, gone('replaced'), null);
        show(Object.assign(entry, { request: next, tool, answering: null }));
      }
    },

    voidAll(why) {
      for (const entry of [...open.values()]) settle(entry, gone(why), null);
    },

    answer(command, context) {
      const { permissionId, hash, optionId, reason, always } = command.params;
      const entry = open.get(permissionId);
      if (entry === undefined)
        return refused(afterAnswer(settled.get(permissionId) ?? null, deps.nameOf));
      const { request } = entry;
      if (hash !== request.hash)
        return refused(
          'The request is not the one that was shown when this was answered. Nothing was told to the agent.',
        );
      if (entry.answering !== null && entry.answering !== command.id)
        return refused('Another device’s answer came first and is being written.');
      const chosen = request.options.find((option) => option.optionId === optionId);
      if (chosen === undefined)
        return refused(
          `Expected one of the options shown (${request.options.map((option) => option.name).join(', ')}), got “${optionId}”.`,
        );
      const told = toldFor(chosen, request.options);
      if (told === null)
        return refused(
          'This agent offers only a lasting leave here, and an agent is never given one. Reject it, or switch the agent’s mode.',
        );
      const asRule = always === true || chosen.kind === 'allow_always';
      if (always === true && (!allows(chosen) || !canBeRule(request.subject)))
        return refused(
          'A rule “always” can be made only when allowing an exact command. Nothing was told to the agent.',
        );
      entry.answering = command.id;
      const rule =
        asRule && canBeRule(request.subject) ? ruleFrom(request, command, context) : null;
      const outcome: PermissionOutcome = {
        kind: 'answered',
        option: told,
        reason: reason ?? null,
        by: context.author,
        at: context.at,
      };
      return done({
        message: answeredBy(told, rule),
        writes: rule === null ? [] : [{ kind: 'rule', rule }],
        effect: () => {
          if (rule !== null) rules.add(rule);
          const current = open.get(permissionId);
          if (current?.answering !== command.id) return;
          if (!allows(told) && reason !== undefined && reason.trim() !== '')
            reasons.push({ title: request.subject.title, text: reason });
          settle(current, outcome, { optionId: told.optionId });
        },
      });
    },

    takeReasons() {
      const taken = reasons;
      reasons = [];
      return taken;
    },
    get open() {
      return open.size;
    },
    get needs() {
      const [oldest] = open.values();
      return oldest === undefined ? null : wish(oldest.request.subject);
    },
  };
}
