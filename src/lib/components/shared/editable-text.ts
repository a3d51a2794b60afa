/** A text that others may edit at the same time, as an input needs it. */
export interface EditableText {
  /** The text now; reactive. */
  readonly current: string;
  /** Applies what a person here made of `before`; what others changed since `before` stays. */
  edit(before: string, after: string): void;
  /** A place that moves with the text around it. */
  mark(index: number): { index(): number };
}
