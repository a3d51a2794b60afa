/** What can be beside, or on a narrow window in place of, the conversation. In the address as `?panel=`. */
export const panels = ['tasks', 'queue', 'notes'] as const;
export type Panel = (typeof panels)[number];

export const panelOf = (url: URL): Panel | null =>
  panels.find((panel) => panel === url.searchParams.get('panel')) ?? null;

/** The same page with another panel, or none. */
export function withPanel(url: URL, panel: Panel | null): string {
  const next = new URL(url);
  if (panel === null) next.searchParams.delete('panel');
  else next.searchParams.set('panel', panel);
  return `${next.pathname}${next.search}`;
}
