/** What the buttons around the box do. */
export interface ComposerControls {
  send(): void;
  stop(): void;
  /** Puts an @ at the caret and opens its menu. */
  mention(): void;
  /** Opens the system's choice of files. */
  pick(): void;
  /** Why nothing can be sent now; `null` when it can. */
  readonly notNow: string | null;
  /** Where that reason stands. */
  readonly reasonId: string;
}
