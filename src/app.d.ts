declare global {
  namespace App {
    /** Entries of the history within a page. */
    interface PageState {
      /** The sheet that is open, by its component's id: Back closes it. */
      sheet?: string;
    }
  }
}

export {};
