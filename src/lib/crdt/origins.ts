/** What a local edit was, for the list of changes that wait: kept by the replica until the bridge acknowledged it. */
export interface ChangeLabel {
  readonly kind: 'prompt' | 'note' | 'task' | 'draft' | 'session' | 'mark' | 'preference';
  /** The entry that changed: edits of one entry are one change. */
  readonly entity: string;
  /** Its text as the person would recognise it, shortened by views. */
  readonly text: string;
}

/** Origin of a transaction that a person's action on this device began. */
export class LocalEdit {
  readonly change: ChangeLabel;

  constructor(change: ChangeLabel) {
    this.change = change;
  }
}

/** Origin of what the bridge itself writes into its rooms. */
export const bridgeOrigin: unique symbol = Symbol('bridge');
