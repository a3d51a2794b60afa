/**
 * What went wrong, in the one shape that crosses a boundary (HTTP, socket, worker, agent process).
 *
 * `message` is a sentence for a person: what was expected, what came, what was not done.
 */
export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  /** Whether the same request may succeed later without a change. */
  readonly retryable: boolean;
}

export const failureStatus = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  foreign_origin: 403,
  not_found: 404,
  conflict: 409,
  gone: 410,
  too_large: 413,
  foreign_host: 421,
  missing_blob: 424,
  too_many: 429,
  internal: 500,
  unavailable: 503,
  disk_full: 507,
} as const;

export type FailureCode = keyof typeof failureStatus;

const retryableCodes: ReadonlySet<FailureCode> = new Set([
  'too_many',
  'unavailable',
  'disk_full',
  'missing_blob',
]);

/** Builds a {@link Failure}; whether it is retryable follows from its code. */
export function failure(code: FailureCode, message: string): Failure {
  return { code, message, retryable: retryableCodes.has(code) };
}

/** A {@link Failure} on its way through `throw`; catch it at the boundary and send `failure`. */
export class FailureError extends Error {
  readonly failure: Failure;

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FailureError';
    this.failure = failure(code, message);
  }
}

/** The text of anything that was thrown, for a log or for the cause of a {@link Failure}. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Makes a `switch` over a union exhaustive: a new arm is a compile error here and a loud one at run time. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
