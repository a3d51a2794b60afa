import { methods } from '@agentclientprotocol/sdk';
import type { AcpRun } from './acp-run.ts';
import { AgentError, type StartOptions } from './contract.ts';
import { openedSchema, type Opened } from './handshake-schemas.ts';

/**
 * Opens the run's session: the agent's own history when it can be taken up, else a new one; then puts it into the mode wished
 * for or the one that asks. Agents forget the mode over a restart, so it is set each time.
 *
 * @throws AgentError
 */
export async function openSession(run: AcpRun, options: StartOptions): Promise<void> {
  const place = { cwd: options.directory, mcpServers: [] };
  const resumed = options.resume === null ? null : await resume(run, options, options.resume);
  if (resumed === null) {
    const created = parsed(run, await run.request(methods.agent.session.new, place));
    if (typeof created.sessionId !== 'string') {
      throw new AgentError('protocol', `${run.launch.name} opened a session without an id`);
    }
    run.delivery.sessionId = created.sessionId;
    run.modes.opened(created);
  }
  await enterMode(run, options);
}

/** Takes up a history without repeating it. `null`, and a notice, when the agent cannot. */
async function resume(
  run: AcpRun,
  options: StartOptions,
  sessionId: string,
): Promise<'resumed' | null> {
  const capabilities = run.agent.agentCapabilities;
  const method = capabilities?.sessionCapabilities?.resume
    ? methods.agent.session.resume
    : capabilities?.loadSession === true
      ? methods.agent.session.load
      : null;
  if (method === null) {
    startsAnew(options, `${run.launch.name} cannot take up an earlier conversation.`, null);
    return null;
  }
  run.delivery.phase = 'replay';
  run.delivery.sessionId = sessionId;
  try {
    const params = { sessionId, cwd: options.directory, mcpServers: [] };
    run.modes.opened(parsed(run, (await run.request(method, params)) ?? {}));
    return 'resumed';
  } catch (thrown) {
    if (!(thrown instanceof AgentError) || thrown.kind !== 'refused') throw thrown;
    run.delivery.sessionId = null;
    startsAnew(
      options,
      `${run.launch.name} could not take up the earlier conversation.`,
      thrown.message,
    );
    return null;
  } finally {
    run.delivery.phase = 'live';
  }
}

function startsAnew(options: StartOptions, why: string, detail: string | null): void {
  options.listener.notice({
    level: 'warning',
    text: `${why} It starts anew and does not know what was said before.`,
    detail,
  });
}

async function enterMode(run: AcpRun, options: StartOptions): Promise<void> {
  const mode = run.modes.startingWith(options.modeId);
  if (options.modeId !== null && mode !== options.modeId) {
    options.listener.notice({
      level: 'warning',
      text: `${run.launch.name} has no mode "${options.modeId}" any more.`,
      detail: null,
    });
  }
  if (mode === null) {
    run.delivery.tellModes();
    return;
  }
  try {
    // Set even when the agent says that it is in it: some say so only after they were told.
    await run.setMode(mode);
  } catch (thrown) {
    if (!(thrown instanceof AgentError) || thrown.kind !== 'refused') throw thrown;
    const why = `${run.launch.name} was not started, since it could not be put into its mode "${mode}"`;
    throw new AgentError('refused', `${why}. ${thrown.message}`, { cause: thrown });
  }
}

function parsed(run: AcpRun, answer: unknown): Opened {
  const opened = openedSchema.safeParse(answer);
  if (opened.success) return opened.data;
  throw new AgentError(
    'protocol',
    `${run.launch.name} opened a session with an answer that cannot be read`,
    { cause: opened.error },
  );
}
