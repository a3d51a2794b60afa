import type { SQLOutputValue } from 'node:sqlite';

/** One row as SQLite gives it; the readers below say what was expected when a column is not of its type. */
export type SqlRow = Record<string, SQLOutputValue>;

export function numberIn(row: SqlRow, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw unexpected(column, 'a number', value);
  return value;
}

export function textIn(row: SqlRow, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw unexpected(column, 'text', value);
  return value;
}

export function bytesIn(row: SqlRow, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw unexpected(column, 'bytes', value);
  return value;
}

const unexpected = (column: string, expected: string, value: SQLOutputValue | undefined): Error =>
  new TypeError(`expected ${expected} in column ${column}, got ${typeof value}`);
