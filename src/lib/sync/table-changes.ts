import type { Row, TableName } from './tables.ts';

/** A write that is not on disk: a value, or `removed`. */
export type Change =
  { readonly kind: 'put'; readonly value: unknown } | { readonly kind: 'remove' };

/** Writes by table and key, the last one of a key counting. */
export class TableChanges {
  readonly #tables = new Map<TableName, Map<string, Change>>();

  get isEmpty(): boolean {
    return this.#tables.size === 0;
  }

  get(table: TableName, key: string): Change | undefined {
    return this.#tables.get(table)?.get(key);
  }

  set(table: TableName, key: string, change: Change): void {
    let rows = this.#tables.get(table);
    if (rows === undefined) this.#tables.set(table, (rows = new Map()));
    rows.set(key, change);
  }

  tables(): readonly TableName[] {
    return [...this.#tables.keys()];
  }

  *[Symbol.iterator](): Iterator<readonly [TableName, string, Change]> {
    for (const [table, rows] of this.#tables)
      for (const [key, change] of rows) yield [table, key, change];
  }

  addAll(later: TableChanges): void {
    for (const [table, key, change] of later) this.set(table, key, change);
  }

  clear(): void {
    this.#tables.clear();
  }

  /** The rows of a table as they would be with these changes. */
  appliedTo(table: TableName, rows: readonly Row[]): readonly Row[] {
    const changed = this.#tables.get(table);
    if (changed === undefined) return rows;
    const merged = new Map(rows.map((row) => [row.key, row.value]));
    for (const [key, change] of changed) {
      if (change.kind === 'put') merged.set(key, change.value);
      else merged.delete(key);
    }
    return [...merged]
      .map(([key, value]) => ({ key, value }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}
