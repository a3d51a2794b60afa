import type { Component } from 'svelte';

/** A line of a menu. One that cannot be chosen now stays, with its reason under it. */
export interface MenuEntry {
  readonly label: string;
  readonly run: () => void;
  readonly icon?: Component<{ size?: number | string }>;
  readonly tone?: 'plain' | 'danger';
  /** Why it cannot be chosen now. */
  readonly blocked?: string | null;
  /** A word or key at its end. */
  readonly hint?: string;
  /** For a choice of one: whether this is the one. */
  readonly chosen?: boolean;
  /** A second line. */
  readonly note?: string;
}

/** Groups are parted by a line. */
export type MenuEntries = readonly (readonly MenuEntry[])[];
