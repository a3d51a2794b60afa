/** Ranges of a text in what is on the page, without regard to case. */
export function textRanges(root: Element, query: string): Range[] {
  const wanted = query.trim().toLocaleLowerCase();
  if (wanted === '') return [];
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = node.nodeValue?.toLocaleLowerCase() ?? '';
    if (node.parentElement?.closest('.only-read') !== null) continue;
    for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length)) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      ranges.push(range);
    }
  }
  return ranges;
}

const names = { all: 'found', current: 'found-current' } as const;

/** Marks what was found without touching the page's elements; a browser that cannot do that shows the entry alone. */
export function markFound(ranges: readonly Range[], current: readonly Range[]): void {
  if (!('highlights' in CSS)) return;
  CSS.highlights.set(names.all, new Highlight(...ranges));
  CSS.highlights.set(names.current, new Highlight(...current));
}

export function unmarkFound(): void {
  if (!('highlights' in CSS)) return;
  for (const name of Object.values(names)) CSS.highlights.delete(name);
}
