import { assertNever } from '#lib/domain/failure.ts';
import type { PermissionOption } from '#lib/domain/permission.ts';

export const allows = (option: PermissionOption): boolean =>
  option.kind === 'allow_once' || option.kind === 'allow_always';

/**
 * What the agent is told for a chosen option. A lasting leave is never given to an agent: for "always" it hears "once", and
 * where it offers no "once", nothing can be told.
 */
export function toldFor(
  chosen: PermissionOption,
  options: readonly PermissionOption[],
): PermissionOption | null {
  switch (chosen.kind) {
    case 'allow_once':
    case 'reject_once':
      return chosen;
    case 'allow_always':
      return allowOnce(options);
    case 'reject_always':
      return options.find((option) => option.kind === 'reject_once') ?? chosen;
    default:
      return assertNever(chosen.kind);
  }
}

export const allowOnce = (options: readonly PermissionOption[]): PermissionOption | null =>
  options.find((option) => option.kind === 'allow_once') ?? null;

/** The options as offered, an id only once: the second of two with one id could not be told apart by the agent. */
export function distinctOptions(options: readonly PermissionOption[]): PermissionOption[] {
  const seen = new Set<string>();
  return options.filter(({ optionId }) => {
    if (seen.has(optionId)) return false;
    seen.add(optionId);
    return true;
  });
}
