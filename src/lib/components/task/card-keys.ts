/** Where the focus goes from a card, by the arrow that was pressed: along its list, or to the list beside it. */
export function neighbour(board: HTMLElement, from: HTMLElement, key: string): HTMLElement | null {
  const lists = [...board.querySelectorAll<HTMLElement>('[data-list]')].map((list) => [
    ...list.querySelectorAll<HTMLElement>('[data-task]'),
  ]);
  const column = lists.findIndex((cards) => cards.includes(from));
  const row = lists[column]?.indexOf(from) ?? -1;
  switch (key) {
    case 'ArrowUp':
    case 'k':
      return lists[column]?.[row - 1] ?? null;
    case 'ArrowDown':
    case 'j':
      return lists[column]?.[row + 1] ?? null;
    case 'ArrowLeft':
      return beside(lists.slice(0, Math.max(column, 0)).reverse(), row);
    case 'ArrowRight':
      return beside(lists.slice(column + 1), row);
    case 'Home':
      return lists[column]?.[0] ?? null;
    case 'End':
      return lists[column]?.at(-1) ?? null;
    default:
      return null;
  }
}

/** In the nearest list that has cards, the one at the same height. */
function beside(lists: readonly (readonly HTMLElement[])[], row: number): HTMLElement | null {
  const list = lists.find((cards) => cards.length > 0);
  return list?.[Math.min(row, list.length - 1)] ?? null;
}

/** Before which card of a list something would fall that is held at this height. */
export function dropIndex(list: HTMLElement, y: number): number {
  const cards = [...list.querySelectorAll<HTMLElement>('[data-task]')];
  const index = cards.findIndex((card) => {
    const box = card.getBoundingClientRect();
    return y < box.top + box.height / 2;
  });
  return index < 0 ? cards.length : index;
}
