declare global {
  namespace App {
    /** Entries of the history within a page. */
    interface PageState {
      /** The sheet that is open, by its component's id: Back closes it. */
      sheet?: string;
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
