import type { Attachment } from 'svelte/attachments';

/** Whether the end of something that scrolls was in view, and how far it was read. */
export interface Reading {
  readonly overflows: boolean;
  readonly seenLines: number;
  readonly attach: Attachment<HTMLElement>;
  /** Looks again: its content changed without its size. */
  check(): void;
}

/** @param ended called when the end was in view, also when there was nothing to scroll */
export function readToEnd(ended: () => void): Reading {
  let overflows = $state(false);
  let seenLines = $state(0);
  let look = (): void => undefined;
  return {
    get overflows() {
      return overflows;
    },
    get seenLines() {
      return seenLines;
    },
    check: () => {
      look();
    },
    attach: (element) => {
      look = () => {
        const { scrollTop, clientHeight, scrollHeight } = element;
        // Out of sight it has no height, and nobody saw it.
        if (clientHeight === 0) return;
        if (scrollHeight > clientHeight + 1) overflows = true;
        const style = getComputedStyle(element);
        const lineHeight = Number.parseFloat(style.getPropertyValue('line-height')) || 19;
        seenLines = Math.max(seenLines, Math.floor((scrollTop + clientHeight - 14) / lineHeight));
        if (scrollTop + clientHeight >= scrollHeight - 2) ended();
      };
      const observer = new ResizeObserver(() => {
        look();
      });
      observer.observe(element);
      for (const child of element.children) observer.observe(child);
      const scrolled = (): void => {
        look();
      };
      element.addEventListener('scroll', scrolled, { passive: true });
      return () => {
        observer.disconnect();
        element.removeEventListener('scroll', scrolled);
      };
    },
  };
}
