/** The entries in which a selection begins and ends: they stay on the page, and the view stays with them. */
export function selectedKeys(scroller: HTMLElement | undefined): readonly string[] {
  const selection = document.getSelection();
  if (scroller === undefined || selection === null || selection.isCollapsed) return [];
  return [selection.anchorNode, selection.focusNode].flatMap((node) => {
    const element = node instanceof Element ? node : (node?.parentElement ?? null);
    if (element === null || !scroller.contains(element)) return [];
    return element.closest('[data-key]')?.getAttribute('data-key') ?? [];
  });
}
