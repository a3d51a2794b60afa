import {
  agent,
  methods,
  PROTOCOL_VERSION,
  RequestError,
  type AgentApp,
  type AgentContext,
  type ContentBlock,
  type SessionMode,
  type ToolKind,
} from '@agentclientprotocol/sdk';
import { carryOut } from './carrying-out.ts';
import { Turn, type PlaygroundMode, type Wait } from './turn.ts';
import { Workplace } from './workplace.ts';

export interface PlaygroundParts {
  readonly wait: Wait;
  /** Milliseconds from word to word; 0 for tests. */
  readonly wordMs: number;
  readonly newId: () => string;
  readonly version: string;
}

export interface Playground {
  readonly app: AgentApp;
  /** Cancels every turn under way; how many that were. */
  stopAll(): number;
}

interface Session {
  readonly place: Workplace;
  readonly allowed: Set<ToolKind>;
  mode: PlaygroundMode;
  turn: AbortController | null;
}

const modes: readonly (SessionMode & { readonly id: PlaygroundMode })[] = [
  { id: 'ask', name: 'Ask first', description: 'Asks before each edit, deletion and command' },
  { id: 'auto', name: 'Act without asking', description: 'Edits, deletes and runs without asking' },
  { id: 'read-only', name: 'Read only', description: 'Reads and searches; changes nothing' },
];

const commands = [
  { name: 'help', description: 'What I can do' },
  { name: 'read', description: 'Show a file', input: { hint: 'path' } },
  { name: 'list', description: 'List files', input: { hint: 'directory' } },
  { name: 'search', description: 'Find a text in files', input: { hint: 'text in path' } },
  { name: 'create', description: 'Create a file', input: { hint: 'path: content' } },
  { name: 'edit', description: 'Change a file', input: { hint: 'path: replace "A" with "B"' } },
  { name: 'delete', description: 'Delete a file', input: { hint: 'path' } },
  { name: 'run', description: 'Run a shell command', input: { hint: 'command' } },
  { name: 'plan', description: 'Follow a plan', input: { hint: 'step; step; step' } },
  { name: 'explain', description: 'Describe this repository from its files' },
];

/** A small agent that follows plain instructions without a model. It works on real files and asks like a real agent. */
export function playground(parts: PlaygroundParts): Playground {
  const sessions = new Map<string, Session>();

  const sessionOf = (sessionId: string): Session => {
    const session = sessions.get(sessionId);
    if (!session) throw RequestError.sessionNotFound(sessionId);
    return session;
  };

  const enter = (sessionId: string, modeId: string): PlaygroundMode => {
    const mode = modes.find((offered) => offered.id === modeId);
    if (!mode) {
      throw RequestError.invalidParams({
        details: `expected a mode that is offered, got "${modeId}"`,
      });
    }
    sessionOf(sessionId).mode = mode.id;
    return mode.id;
  };

  const prompted = async (
    client: AgentContext,
    sessionId: string,
    blocks: readonly ContentBlock[],
  ) => {
    const session = sessionOf(sessionId);
    if (session.turn) {
      throw RequestError.invalidRequest({ details: 'another turn is already in progress' });
    }
    const stop = new AbortController();
    session.turn = stop;
    const { allowed, place } = session;
    const { wait, wordMs, newId } = parts;
    const turn = new Turn({
      client,
      sessionId,
      signal: stop.signal,
      wait,
      wordMs,
      newId,
      allowed,
      mode: () => session.mode,
    });
    try {
      await carryOut(turn, place, promptText(blocks));
      return { stopReason: stop.signal.aborted ? 'cancelled' : 'end_turn' } as const;
    } catch (thrown) {
      if (stop.signal.aborted) return { stopReason: 'cancelled' } as const;
      throw thrown;
    } finally {
      session.turn = null;
    }
  };

  const app = agent({ name: 'playground' })
    .onRequest(methods.agent.initialize, () => ({
      protocolVersion: PROTOCOL_VERSION,
      agentInfo: { name: 'playground', title: 'Playground agent', version: parts.version },
      agentCapabilities: { loadSession: false, promptCapabilities: { image: false } },
      authMethods: [],
    }))
    .onRequest(methods.agent.session.new, ({ params, client }) => {
      const sessionId = parts.newId();
      const place = new Workplace(params.cwd);
      sessions.set(sessionId, { place, allowed: new Set(), mode: 'ask', turn: null });
      const never = new AbortController();
      void parts.wait(0, never.signal).then(() =>
        client.notify(methods.client.session.update, {
          sessionId,
          update: { sessionUpdate: 'available_commands_update', availableCommands: commands },
        }),
      );
      return { sessionId, modes: { currentModeId: 'ask', availableModes: [...modes] } };
    })
    .onRequest(methods.agent.session.setMode, async ({ params, client }) => {
      const currentModeId = enter(params.sessionId, params.modeId);
      await client.notify(methods.client.session.update, {
        sessionId: params.sessionId,
        update: { sessionUpdate: 'current_mode_update', currentModeId },
      });
      return {};
    })
    .onRequest(methods.agent.session.prompt, ({ params, client }) =>
      prompted(client, params.sessionId, params.prompt),
    )
    .onNotification(methods.agent.session.cancel, ({ params }) => {
      sessions.get(params.sessionId)?.turn?.abort();
    });

  return {
    app,
    stopAll: () => {
      const turns = [...sessions.values()].flatMap((session) => session.turn ?? []);
      for (const turn of turns) turn.abort();
      return turns.length;
    },
  };
}

function promptText(blocks: readonly ContentBlock[]): string {
  const texts = blocks.map((block) => {
    if (block.type === 'text') return block.text;
    return block.type === 'resource_link' ? `read ${block.uri.replace(/^file:\/\//, '')}` : '';
  });
  return texts.filter((text) => text !== '').join('\n');
}
