import type { Attachment } from 'svelte/attachments';

/**
 * One stop of the Tab key for a list: arrows, Home and End move within it. The stop is where focus was last, else the current
 * entry, else the first.
 *
 * @param selector what an entry is
 */
export function rovingFocus(selector: string): Attachment<HTMLElement> {
  return (list) => {
    const entries = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>(selector)];
    let last: HTMLElement | null = null;

    const arrange = (): void => {
      const all = entries();
      const stop =
        (last !== null && all.includes(last) ? last : null) ??
        all.find((entry) => entry.hasAttribute('aria-current')) ??
        all[0];
      for (const entry of all) entry.tabIndex = entry === stop ? 0 : -1;
    };
    const focused = (event: FocusEvent): void => {
      const entry = event.target instanceof Element ? event.target.closest(selector) : null;
      if (!(entry instanceof HTMLElement)) return;
      last = entry;
      arrange();
    };
    const keyed = (event: KeyboardEvent): void => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const all = entries();
      const at = all.findIndex((entry) => entry === document.activeElement);
      if (at < 0) return;
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
      const target = to === undefined ? undefined : all[to];
      if (target === undefined) return;
      event.preventDefault();
      target.focus();
    };
    const observer = new MutationObserver(arrange);
    observer.observe(list, { childList: true, subtree: true });
    list.addEventListener('focusin', focused);
    list.addEventListener('keydown', keyed);
    arrange();
    return () => {
      observer.disconnect();
      list.removeEventListener('focusin', focused);
      list.removeEventListener('keydown', keyed);
    };
  };
}
