import type { Clock, Random, Scheduler } from '#lib/domain/clock.ts';
import type { PersonId } from '#lib/domain/ids.ts';
import type { SessionInfo } from '#lib/domain/session.ts';
import type { BridgeRecord, PromptQueue } from '../../journal/session-record.ts';
import type { Storage } from '../../storage/contract.ts';
import type { Log } from '../../storage/log.ts';
import type { AgentStarter } from '../agents/contract.ts';
import type { GitObserver } from '../git/git-observer.ts';
import type { Projects } from '../projects/projects.ts';
import type { AgentCatalogue } from './agent-catalogue.ts';
import type { PermissionRules } from './permission-rules.ts';

/** What every session of the engine shares. */
export interface EngineParts {
  readonly storage: Storage;
  readonly record: BridgeRecord;
  readonly prompts: PromptQueue;
  readonly starter: AgentStarter;
  readonly observer: GitObserver;
  readonly projects: Projects;
  readonly agents: AgentCatalogue;
  readonly rules: PermissionRules;
  readonly personName: (personId: PersonId) => string;
  /** A restored database waits for a person: nothing is handed over meanwhile. */
  readonly paused: () => boolean;
  readonly afterTurn: (info: SessionInfo) => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly log: Log;
}
