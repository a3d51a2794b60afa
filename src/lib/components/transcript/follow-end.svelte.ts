/** So near to the end counts as reading along. */
const nearPixels = 40;

/**
 * Whether the view stays with what comes last. It does while the reader is within 40 px of the end; scrolling up ends it,
 * reaching the end begins it again. Nothing else moves what is in sight.
 */
export class FollowEnd {
  #following = $state(true);
  #lastOffset = 0;
  readonly #held: () => boolean;

  /** @param held whether something must stay in sight although the end moves on (a selection) */
  constructor(held: () => boolean) {
    this.#held = held;
  }

  get following(): boolean {
    return this.#following;
  }

  /** To be told of each scroll position, the reader's own or not. */
  scrolled(scroller: HTMLElement): void {
    const { scrollTop } = scroller;
    const movedUp = scrollTop < this.#lastOffset - 1;
    this.#lastOffset = scrollTop;
    if (distanceToEnd(scroller) <= nearPixels) this.#following = true;
    else if (movedUp) this.#following = false;
  }

  /** To be told when the content or the window of it changed its size. */
  resized(scroller: HTMLElement): void {
    if (this.#following && !this.#held()) this.toEnd(scroller);
  }

  toEnd(scroller: HTMLElement): void {
    this.#following = true;
    scroller.scrollTop = scroller.scrollHeight;
    this.#lastOffset = scroller.scrollTop;
  }

  /** Something else than the end is to be looked at. */
  leave(): void {
    this.#following = false;
  }
}

const distanceToEnd = ({ scrollHeight, scrollTop, clientHeight }: HTMLElement): number =>
  scrollHeight - scrollTop - clientHeight;
