import * as z from 'zod/mini';
import type { OpenTabChannel, TabChannel } from './tab-channel.ts';

/** What tabs tell each other about the database they share. `erased`: the device was revoked; nothing may be written any more. */
const noticeSchema = z.enum([
  'identity',
  'preferences',
  'outbox',
  'marks',
  'notAccepted',
  'erased',
]);
export type TabNotice = z.infer<typeof noticeSchema>;

/** The one channel on which the tabs of a browser tell each other that shared rows changed. */
export class TabNotices {
  readonly #channel: TabChannel;
  readonly #listeners = new Map<TabNotice, Set<() => void>>();

  constructor(open: OpenTabChannel) {
    this.#channel = open('rejoin', (message) => {
      const notice = noticeSchema.safeParse(message);
      if (!notice.success) return;
      for (const listener of this.#listeners.get(notice.data) ?? []) listener();
    });
  }

  tell(notice: TabNotice): void {
    this.#channel.post(notice);
  }

  on(notice: TabNotice, listener: () => void): () => void {
    let listeners = this.#listeners.get(notice);
    if (listeners === undefined) this.#listeners.set(notice, (listeners = new Set()));
    const all = listeners;
    all.add(listener);
    return () => {
      all.delete(listener);
    };
  }

  close(): void {
    this.#listeners.clear();
    this.#channel.close();
  }
}
