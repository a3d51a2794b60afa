import { pushState, replaceState } from '$app/navigation';
import { navigating, page } from '$app/state';
import { tick, untrack } from 'svelte';
import type { Timing } from './timing.ts';

/** What a sheet tells of itself. */
export interface OpenableSheet {
  readonly id: string;
  isOpen(): boolean;
  close(): void;
}

/**
 * Gives a sheet an entry of the history for as long as it is open, so that Back closes the sheet and not the page. A sheet over a
 * sheet has an entry of its own; one that opens as another closes takes over the entry of that. Call it while a component is made.
 */
export function sheetEntry(sheet: OpenableSheet, timing: Timing): void {
  const { id } = sheet;
  // A value of its own: what it is read from may be told anew, by a change of the address, without being another.
  const isOpen = $derived(sheet.isOpen());
  $effect(() => {
    if (!isOpen) return;
    let isClosed = false;
    // A moment later: what closed together with this opening has given its entry back by then.
    void tick().then(() => {
      if (isClosed) return;
      const { entrySpent, sheets = [], ...others } = page.state;
      const state = { ...others, sheets: [...sheets, id] };
      if (entrySpent === true) replaceState('', state);
      else pushState('', state);
    });
    return () => {
      isClosed = true;
      untrack(() => giveBack(id, timing));
    };
  });

  let entered = false;
  $effect(() => {
    if (page.state.sheets?.includes(id) === true) entered = true;
    else if (entered) {
      entered = false;
      sheet.close();
    }
  });
}

/** Leaves the sheet's entry, unless Back did so or another sheet or page is there in its place. */
function giveBack(id: string, timing: Timing): void {
  const { sheets = [], ...others } = page.state;
  if (sheets.at(-1) !== id) return;
  replaceState('', { ...others, sheets: sheets.slice(0, -1), entrySpent: true });
  timing.after(0, () => {
    // Going back now would undo a way to another page that the sheet led to.
    if (page.state.entrySpent === true && navigating.to === null) history.back();
  });
}
