import { methods, PROTOCOL_VERSION } from '@agentclientprotocol/sdk';
import type { Clock, Random, Scheduler } from '#lib/domain/clock.ts';
import { newName } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import type { Log } from '../../storage/log.ts';
import { AcpRun } from './acp-run.ts';
import { AgentProcess } from './agent-process.ts';
import { AgentError, type AgentLaunch, type AgentStarter, type StartOptions } from './contract.ts';
import { openSession } from './session-opening.ts';
import { initializedSchema } from './handshake-schemas.ts';
import { cutAfter } from './visible-text.ts';

export interface StarterParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly log: Log;
  /** Told to the agent as the version of its client. */
  readonly clientVersion: string;
}

/** Starts agents that speak ACP v1 over their standard input and output, one process for each session. */
export function acpStarter(parts: StarterParts): AgentStarter {
  return {
    async start(launch, options) {
      const { clock, random, scheduler, log } = parts;
      const begun = clock.now();
      const runId = newName(random);
      const process = await AgentProcess.spawn(launch, options.directory, runId, scheduler);
      const run = new AcpRun(launch, options.directory, process, options.listener, log);
      const limit = startLimit(launch, options.signal, scheduler, process);
      try {
        await Promise.race([opened(run, options, parts.clientVersion), limit.passed]);
      } catch (thrown) {
        process.kill();
        await process.ended;
        throw asStartError(thrown);
      } finally {
        limit.cancel();
      }
      run.opened();
      log.info({ agent: launch.agentId, ms: clock.now() - begun }, 'agent started');
      return run;
    },
  };
}

/** An agent that ends before it is ready did not start. */
const asStartError = (thrown: unknown): unknown =>
  thrown instanceof AgentError && thrown.kind === 'ended'
    ? new AgentError('did_not_start', thrown.message, { cause: thrown })
    : thrown;

async function opened(run: AcpRun, options: StartOptions, clientVersion: string): Promise<void> {
  const answer = initializedSchema.safeParse(
    await run.request(methods.agent.initialize, {
      protocolVersion: PROTOCOL_VERSION,
      clientInfo: { name: 'rejoin', title: 'Rejoin', version: clientVersion },
      // Agents read and write files and run commands with their own tools; ours would be no fence around them.
      clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
    }),
  );
  if (!answer.success) {
    throw new AgentError('protocol', `${run.launch.name} answered "initialize" with no version`);
  }
  if (answer.data.protocolVersion !== PROTOCOL_VERSION) {
    throw new AgentError(
      'protocol',
      `expected ${run.launch.name} to speak version ${String(PROTOCOL_VERSION)} of the Agent Client Protocol, it speaks ${String(answer.data.protocolVersion)}`,
    );
  }
  run.agent = answer.data;
  await openSession(run, options);
}

/** Rejects when starting takes too long or is not wanted any more. */
function startLimit(
  launch: AgentLaunch,
  signal: AbortSignal,
  scheduler: Scheduler,
  process: AgentProcess,
): { readonly passed: Promise<never>; cancel(): void } {
  const { promise: passed, reject } = Promise.withResolvers<never>();
  passed.catch(() => undefined);
  const cancelTimer = scheduler.after(limits.agentStartMsMax, () => {
    const last = process.stderr.lastLine();
    const wrote = last === '' ? '' : `; it last wrote: ${cutAfter(last, 500)}`;
    const seconds = String(limits.agentStartMsMax / 1000);
    reject(
      new AgentError('did_not_start', `${launch.name} was not ready after ${seconds} s${wrote}`),
    );
  });
  const aborted = (): void => {
    reject(new AgentError('did_not_start', `${launch.name} was stopped while it started`));
  };
  if (signal.aborted) aborted();
  signal.addEventListener('abort', aborted, { once: true });
  return {
    passed,
    cancel: () => {
      cancelTimer();
      signal.removeEventListener('abort', aborted);
    },
  };
}
