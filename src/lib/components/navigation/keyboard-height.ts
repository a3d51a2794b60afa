import type { Attachment } from 'svelte/attachments';

/**
 * Keeps the app as high as what is seen of the window, so that what is at its lower edge stands on the on-screen keyboard. Where
 * the browser shrinks the layout itself, both heights are the same.
 */
export const keyboardHeight: Attachment<HTMLElement> = (app) => {
  const viewport = window.visualViewport;
  if (viewport === null) return undefined;
  const follow = (): void => {
    // A page that is zoomed in shows less of itself, and no keyboard is the cause.
    const covered = viewport.scale === 1 && viewport.height < window.innerHeight - 40;
    if (covered) app.style.setProperty('--app-height', `${String(viewport.height)}px`);
    else app.style.removeProperty('--app-height');
    if (covered) window.scrollTo(0, 0);
  };
  viewport.addEventListener('resize', follow);
  follow();
  return () => {
    viewport.removeEventListener('resize', follow);
  };
};
