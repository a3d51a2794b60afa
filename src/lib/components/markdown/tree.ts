/** Markdown as this app shows it: no HTML, no remote image, links that say where they go. */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'em' | 'del'; readonly children: readonly Inline[] }
  | { readonly kind: 'link'; readonly target: LinkTarget; readonly children: readonly Inline[] }
  /** Never fetched: shown as a link to what would have been loaded, or by its words alone. */
  | { readonly kind: 'image'; readonly target: LinkTarget | null; readonly alt: string }
  | { readonly kind: 'break' };

/** An address that may be opened: http, https or mailto. */
export interface LinkTarget {
  readonly href: string;
  /** The host, or the address of a mail. */
  readonly host: string;
  /** The link's words name another host than it goes to. */
  readonly misleading: boolean;
}

export type Block =
  | { readonly kind: 'paragraph'; readonly children: readonly Inline[] }
  | { readonly kind: 'heading'; readonly level: number; readonly children: readonly Inline[] }
  | {
      readonly kind: 'code';
      readonly info: string;
      readonly text: string;
      /** False while its end has not come yet. */
      readonly closed: boolean;
    }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | {
      readonly kind: 'list';
      /** The first number, or `null` for bullets. */
      readonly start: number | null;
      readonly loose: boolean;
      readonly items: readonly ListItem[];
    }
  | {
      readonly kind: 'table';
      readonly align: readonly (string | null)[];
      readonly header: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    }
  | { readonly kind: 'rule' }
  /** HTML, or what is nested deeper than is shown: as it was written. */
  | { readonly kind: 'raw'; readonly text: string };

export interface ListItem {
  readonly checked: boolean | null;
  readonly blocks: readonly Block[];
}
