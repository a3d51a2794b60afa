import { MediaQuery } from 'svelte/reactivity';

/** Below this width there is one column, and sheets take the place of popovers, menus and dialogs. */
export const narrowQuery = '(max-width: 767px)';

/** Whether the window is that narrow; made per component, so that nothing outlives its reader. */
export const narrow = (): { readonly current: boolean } => new MediaQuery(narrowQuery);

/** Whether the main pointer is a finger: Enter is then a new line, and keys are not hinted at. */
export const coarse = (): { readonly current: boolean } => new MediaQuery('(pointer: coarse)');
