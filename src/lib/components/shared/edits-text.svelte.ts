import type { Attachment } from 'svelte/attachments';
import type { EditableText } from './editable-text.ts';

type Mark = ReturnType<EditableText['mark']>;

/**
 * Binds an input or text area to a shared text. What is typed is applied to the text as an edit of what was shown; what others
 * write appears at once, with the selection kept in its words. While an IME composes, the element is left alone: what came
 * meanwhile is merged when the composition ends.
 */
export function editsText(
  textOf: () => EditableText,
): Attachment<HTMLTextAreaElement | HTMLInputElement> {
  return (element) => {
    /** What the element was last known to show, and the shared text then was. */
    let shown = '';
    let composing = false;
    let selection: { readonly start: Mark; readonly end: Mark } | null = null;

    const markSelection = (): void => {
      // Marks are places in the shared text: they say something only while the element shows that text.
      const text = textOf();
      if (composing || element.value !== text.current) return;
      selection = {
        start: text.mark(element.selectionStart ?? 0),
        end: text.mark(element.selectionEnd ?? 0),
      };
    };
    const show = (value: string): void => {
      shown = value;
      if (element.value === value) return;
      const focused =
        element.getRootNode() instanceof Document && document.activeElement === element;
      const start = selection?.start.index() ?? value.length;
      const end = selection?.end.index() ?? value.length;
      const { scrollTop } = element;
      element.value = value;
      if (focused) element.setSelectionRange(start, end);
      element.scrollTop = scrollTop;
    };
    const typed = (): void => {
      if (composing) return;
      const before = shown;
      shown = element.value;
      textOf().edit(before, element.value);
      show(textOf().current);
      markSelection();
    };

    const controller = new AbortController();
    const { signal } = controller;
    element.addEventListener('input', typed, { signal });
    element.addEventListener(
      'compositionstart',
      () => {
        composing = true;
      },
      { signal },
    );
    element.addEventListener(
      'compositionend',
      () => {
        composing = false;
        typed();
      },
      { signal },
    );
    element.addEventListener('focus', markSelection, { signal });
    document.addEventListener(
      'selectionchange',
      () => {
        if (document.activeElement === element) markSelection();
      },
      { signal },
    );

    $effect(() => {
      const now = textOf().current;
      if (!composing) show(now);
    });
    return () => {
      controller.abort();
    };
  };
}
