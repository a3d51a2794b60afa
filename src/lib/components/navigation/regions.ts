const focusable =
  'a[href], button, input, textarea, select, [tabindex]:not([tabindex="-1"]), [contenteditable="true"]';

/** Moves focus to the next or previous region of the page, in its order on the screen; around at the ends. */
export function focusRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter(
    (region) => region.getClientRects().length > 0,
  );
  if (regions.length === 0) return;
  const at = regions.findLastIndex((region) => region.contains(document.activeElement));
  const from = at < 0 && step < 0 ? 0 : at;
  const region = regions[(from + step + regions.length) % regions.length];
  if (region === undefined) return;
  if (region.tabIndex >= 0 || region.hasAttribute('tabindex')) region.focus();
  else ownStops(region)[0]?.focus();
}

/** What can take focus in a region itself, not in a region inside it. */
const ownStops = (region: HTMLElement): HTMLElement[] =>
  [...region.querySelectorAll<HTMLElement>(focusable)].filter(
    (stop) => stop.closest('[data-region]') === region && stop.checkVisibility(),
  );
