import { assertNever } from './failure.ts';
import type { CommandKind } from './command.ts';
import type { SessionId } from './ids.ts';
import { inScope, type Principal } from './role.ts';

/** Which roles may send a kind of command (DESIGN 4.2): viewer nothing, reviewer verdicts, owner's kinds the owner alone. */
export function rolesFor(kind: CommandKind): 'owner' | 'editor' {
  switch (kind) {
    case 'agent.set':
    case 'device.role':
    case 'bridge.release':
      return 'owner';
    case 'session.create':
    case 'session.start':
    case 'session.stop':
    case 'session.trash':
    case 'session.restore':
    case 'turn.cancel':
    case 'mode.set':
    case 'permission.answer':
    case 'rule.revoke':
      return 'editor';
    default:
      return assertNever(kind);
  }
}

/** Whether a device may send such a command for that session; without a session the scope must be the workspace. */
export function mayCommand(
  principal: Principal,
  kind: CommandKind,
  sessionId: SessionId | undefined,
): boolean {
  const least = rolesFor(kind);
  const roleFits =
    principal.role === 'owner' || (least === 'editor' && principal.role === 'editor');
  if (!roleFits) return false;
  return sessionId === undefined || kind === 'session.create'
    ? principal.scope.kind === 'workspace'
    : inScope(principal.scope, sessionId);
}
