import { basename } from 'node:path';
import {
  client,
  methods,
  RequestError,
  type AnyNotification,
  type AnyRequest,
  type ClientConnection,
  type ContentBlock,
} from '@agentclientprotocol/sdk';

import { assertNever, reasonOf } from '#lib/domain/failure.ts';
import type { Log } from '../../storage/log.ts';
import type { AgentProcess } from './agent-process.ts';
import {
  AgentError,
  type AgentLaunch,
  type AgentListener,
  type AgentRun,
  type PromptImage,
} from './contract.ts';
import { configuredSchema, promptedSchema, type Initialized } from './handshake-schemas.ts';
import { endedError, refusal } from './agent-faults.ts';
import { guarded } from './guarded-listener.ts';
import { Permissions } from './permissions.ts';
import { SessionModes } from './session-modes.ts';
import { ToolCalls } from './tool-calls.ts';
import { UpdateDelivery } from './update-delivery.ts';
import { cutAfter, withoutControls } from './visible-text.ts';
import { openWire } from './wire.ts';

/** One agent process, its connection and the one session in it. */
export class AcpRun implements AgentRun {
  readonly launch: AgentLaunch;
  readonly modes: SessionModes;
  readonly delivery: UpdateDelivery;
  agent: Initialized = { protocolVersion: 1 };
  readonly #process: AgentProcess;
  readonly #listener: AgentListener;
  readonly #log: Log;
  readonly #permissions: Permissions;
  readonly #connection: ClientConnection;
  /** `null` until the session is open; an end before that is told by the failure of the start. */
  #endTold: Promise<void> | null = null;
  #turn: Promise<unknown> | null = null;
  /** Why we ended the process ourselves, when it was for a fault of its own. */
  #fault: AgentError | null = null;
  #noise = 0;

  constructor(
    launch: AgentLaunch,
    directory: string,
    process: AgentProcess,
    listener: AgentListener,
    log: Log,
  ) {
    this.launch = launch;
    this.#process = process;
    this.#listener = guarded(listener, log);
    this.#log = log;
    const tools = new ToolCalls(directory);
    this.modes = new SessionModes(basename(launch.command));
    this.delivery = new UpdateDelivery(this.#listener, tools, this.modes);
    this.#permissions = new Permissions(this.#listener, tools);
    this.#connection = this.#connect();
    void process.ended.then(() => {
      this.#connection.close();
      this.#permissions.cancelAll();
    });
  }

  get agentSessionId(): string {
    return this.delivery.sessionId ?? '';
  }

  prompt(text: string, images: readonly PromptImage[]): Promise<string> {
    const turn = this.#prompt(text, images);
    this.#turn = turn;
    return turn;
  }

  cancel(): void {
    this.#permissions.cancelAll();
    if (this.#turn === null) return;
    void this.#connection.agent
      .notify(methods.agent.session.cancel, { sessionId: this.agentSessionId })
      .catch((thrown: unknown) => {
        this.#log.debug({ reason: reasonOf(thrown) }, 'the agent is gone; nothing to cancel');
      });
  }

  async setMode(modeId: string): Promise<void> {
    const change = this.modes.switchTo(modeId);
    if (change === null) {
      const offered = this.modes.available.map((mode) => mode.id).join(', ');
      throw new AgentError(
        'refused',
        `${this.launch.name} has no mode "${modeId}"; it offers ${offered === '' ? 'none' : offered}`,
      );
    }
    const sessionId = this.agentSessionId;
    switch (change.by) {
      case 'set_mode':
        await this.request(methods.agent.session.setMode, { sessionId, modeId: change.modeId });
        break;
      case 'set_config_option': {
        const { configId, value } = change;
        const answer = configuredSchema.safeParse(
          await this.request(methods.agent.session.setConfigOption, { sessionId, configId, value }),
        );
        if (answer.data?.configOptions) this.modes.configured(answer.data.configOptions);
        break;
      }
      default:
        assertNever(change);
    }
    this.modes.moved(modeId);
    this.delivery.tellModes();
  }

  async stop(): Promise<void> {
    this.#permissions.cancelAll();
    await this.#process.stop();
    await this.#endTold;
  }

  /** From now on the end of the process is told to the listener. */
  opened(): void {
    this.#endTold = this.#tellEnd();
  }

  /**
   * Sends a request and resolves with the answer as it came.
   *
   * @throws AgentError
   */
  async request(method: string, params: unknown): Promise<unknown> {
    try {
      return await this.#connection.agent.request<unknown, unknown>(method, params);
    } catch (thrown) {
      if (thrown instanceof RequestError) {
        throw refusal(this.launch, this.agent.authMethods ?? [], thrown);
      }
      const end = await this.#process.ended;
      throw this.#fault ?? endedError(this.launch, end, this.#process.stderr.lastLine());
    }
  }

  async #prompt(text: string, images: readonly PromptImage[]): Promise<string> {
    if (images.length > 0 && this.agent.agentCapabilities?.promptCapabilities?.image !== true) {
      throw new AgentError('refused', `${this.launch.name} does not take images`);
    }
    this.#permissions.turnBegins();
    const prompt: ContentBlock[] = [
      { type: 'text', text },
      ...images.map((image) => ({
        type: 'image' as const,
        mimeType: image.mimeType,
        data: Buffer.from(image.bytes).toString('base64'),
      })),
    ];
    const params = { sessionId: this.agentSessionId, prompt };
    try {
      const answer = promptedSchema.safeParse(
        await this.request(methods.agent.session.prompt, params),
      );
      if (!answer.success) {
        throw new AgentError('protocol', `${this.launch.name} ended the turn without a reason`);
      }
      return answer.data.stopReason;
    } finally {
      this.#turn = null;
    }
  }

  #connect(): ClientConnection {
    const stream = openWire(this.#process.stdin, this.#process.stdout, {
      notification: (message) => {
        this.#notified(message);
      },
      request: (message) => {
        this.#requested(message);
      },
      noise: (line) => {
        this.#printed(line);
      },
      broken: (message) => {
        this.#broken(message);
      },
    });
    const connection = client({ name: 'rejoin' })
      .onRequest(
        methods.client.session.requestPermission,
        (params: unknown) => params,
        async ({ requestId, signal }) => {
          const answer = await this.#permissions.answer(JSON.stringify(requestId), signal);
          if (answer === null) throw RequestError.invalidParams();
          return answer;
        },
      )
      .connect(stream);
    // An agent that closes its output cannot be heard any more.
    void connection.closed.then(() => this.#process.stop());
    return connection;
  }

  #notified(message: AnyNotification): void {
    if (message.method === methods.client.session.update) this.delivery.deliver(message.params);
    else this.#log.debug({ method: message.method }, 'a notification of the agent’s own');
  }

  #requested(message: AnyRequest): void {
    if (message.method !== methods.client.session.requestPermission) return;
    this.#permissions.arrived(JSON.stringify(message.id), message.params);
  }

  #printed(line: string): void {
    this.#noise += 1;
    this.#log.debug({ characters: line.length }, 'the agent printed a line outside the protocol');
    if (this.#noise > 1) return;
    this.#listener.notice({
      level: 'warning',
      text: `${this.launch.name} printed something that is not part of the protocol. It was left out, and so is what follows of the kind.`,
      detail: cutAfter(withoutControls(line), 500),
    });
  }

  #broken(message: string): void {
    this.#fault = new AgentError('broken', `${this.launch.name} was ended: ${message}`);
    this.#log.warn({ reason: message }, 'the agent was ended');
    if (this.#turn === null && this.#endTold !== null) {
      this.#listener.notice({ level: 'error', text: this.#fault.message, detail: null });
    }
    this.#process.kill();
  }

  async #tellEnd(): Promise<void> {
    const end = await this.#process.ended;
    await this.#turn?.catch(() => undefined);
    this.#log.info({ ...end }, 'the agent’s process ended');
    this.#listener.ended({ ...end, stderrTail: this.#process.stderr.text() });
  }
}
