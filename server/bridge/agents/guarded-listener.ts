import type { Log } from '../../storage/log.ts';
import type { AgentListener } from './contract.ts';

/** A fault of the listener must not stop the reading of what follows. */
export function guarded(listener: AgentListener, log: Log): AgentListener {
  const tell =
    <T extends readonly unknown[]>(call: (...values: T) => void) =>
    (...values: T): void => {
      try {
        call(...values);
      } catch (thrown) {
        log.error({ err: thrown }, 'an update of the agent could not be taken');
      }
    };
  return {
    text: tell((chunk) => {
      listener.text(chunk);
    }),
    tool: tell((change) => {
      listener.tool(change);
    }),
    plan: tell((plan) => {
      listener.plan(plan);
    }),
    modes: tell((current, available) => {
      listener.modes(current, available);
    }),
    commands: tell((commands) => {
      listener.commands(commands);
    }),
    usage: tell((usage) => {
      listener.usage(usage);
    }),
    title: tell((title) => {
      listener.title(title);
    }),
    notice: tell((notice) => {
      listener.notice(notice);
    }),
    unknown: tell((source, raw) => {
      listener.unknown(source, raw);
    }),
    permission: async (ask) => listener.permission(ask),
    ended: tell((end) => {
      listener.ended(end);
    }),
  };
}
