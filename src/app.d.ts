declare global {
  namespace App {
    /** Entries of the history within a page. */
    interface PageState {
      /** The sheets that are open, by their components' ids, the topmost last: Back closes it. */
      sheets?: string[];
      /** The sheet of this entry closed by itself; the entry is left, or taken over by the next sheet. */
      entrySpent?: boolean;
    }
  }

  interface Window {
    /** The secret of a pairing link, once; set by static/before-app.js before any module ran. */
    takePairingSecret?: () => string | null;
  }
  interface WindowEventMap {
    /** Another pairing link was opened in this tab. */
    pairinglink: Event;
  }
}

export {};
