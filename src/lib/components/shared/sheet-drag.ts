import type { Attachment } from 'svelte/attachments';

const closeAfterPixels = 96;

/** Lets a sheet follow the finger on its handle and closes it when it was drawn far enough down. */
export function sheetDrag(close: () => void): Attachment<HTMLElement> {
  return (handle) => {
    let from: number | null = null;
    const sheet = (): HTMLElement | null => handle.parentElement;
    const move = (offset: number | null): void => {
      sheet()?.style.setProperty('translate', offset === null ? null : `0 ${String(offset)}px`);
    };
    const down = (event: PointerEvent): void => {
      from = event.clientY;
      handle.setPointerCapture(event.pointerId);
    };
    const drag = (event: PointerEvent): void => {
      if (from !== null) move(Math.max(0, event.clientY - from));
    };
    const up = (event: PointerEvent): void => {
      const offset = from === null ? 0 : event.clientY - from;
      from = null;
      move(null);
      if (offset > closeAfterPixels) close();
    };
    const controller = new AbortController();
    const { signal } = controller;
    handle.addEventListener('pointerdown', down, { signal });
    handle.addEventListener('pointermove', drag, { signal });
    handle.addEventListener('pointerup', up, { signal });
    handle.addEventListener('pointercancel', up, { signal });
    return () => {
      controller.abort();
    };
  };
}
