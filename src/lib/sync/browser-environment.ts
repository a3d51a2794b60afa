import { deleteDB } from 'idb';
import type { Clock, Random, Scheduler } from '#lib/domain/clock.ts';
import { limits } from '#lib/domain/limits.ts';
import type { BrowserEnvironment, StorageSignals } from './environment.ts';
import { IndexeddbDocuments } from './indexeddb-documents.ts';
import { OwnDatabase } from './own-database.ts';
import type { OpenTabChannel } from './tab-channel.ts';
import { lostCode, type Dial } from './wire-socket.ts';

/** Name of the device's own database; documents have one each, named after their bridge and room. */
export const ownDatabaseName = 'rejoin';

export const browserClock: Clock = { now: () => Date.now() };

export const browserRandom: Random = {
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  next: () => Math.random(),
};

export const browserScheduler: Scheduler = {
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** The only place that takes from the page's globals what the layers below need. */
export function browserEnvironment(): BrowserEnvironment {
  return {
    clock: browserClock,
    random: browserRandom,
    scheduler: browserScheduler,
    origin: location.origin,
    fetch: (path, init) =>
      fetch(path, { ...init, signal: AbortSignal.timeout(limits.requestMsMax) }),
    dial,
    // Absent outside of secure contexts, whatever the types say.
    subtle: 'subtle' in crypto ? crypto.subtle : null,
    locks: 'locks' in navigator ? navigator.locks : null,
    openChannel,
    network: {
      isOnline: () => navigator.onLine,
      subscribe(listener) {
        const ended = new AbortController();
        const options = { signal: ended.signal };
        const on = (type: 'online' | 'offline'): void => {
          addEventListener(
            type,
            () => {
              listener(type);
            },
            options,
          );
        };
        on('online');
        on('offline');
        document.addEventListener(
          'visibilitychange',
          () => {
            if (document.visibilityState === 'visible') listener('visible');
          },
          options,
        );
        return () => {
          ended.abort();
        };
      },
    },
    documents: new IndexeddbDocuments(browserScheduler),
    openTables: () => new OwnDatabase(ownDatabaseName, browserScheduler),
    eraseTables: () => deleteDB(ownDatabaseName),
    storage,
  };
}

const dial: Dial = (url, subprotocol, handlers) => {
  const socket = new WebSocket(url, subprotocol);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => {
    handlers.opened();
  };
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (data instanceof ArrayBuffer) handlers.message(new Uint8Array(data));
  };
  socket.onclose = ({ code, reason }) => {
    handlers.closed(code || lostCode, reason);
  };
  return {
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    send(bytes) {
      // While it closes, what is sent goes nowhere; the room's handshake brings it up again.
      if (socket.readyState === WebSocket.OPEN) socket.send(Uint8Array.from(bytes));
    },
    close(code) {
      socket.close(code);
    },
  };
};

const openChannel: OpenTabChannel = (name, listener) => {
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    listener(data);
  };
  let isOpen = true;
  return {
    post(message) {
      if (isOpen) channel.postMessage(message);
    },
    close() {
      isOpen = false;
      channel.close();
    },
  };
};

const storage: StorageSignals = {
  async estimate() {
    try {
      const { quota, usage } = await navigator.storage.estimate();
      return quota === undefined || usage === undefined ? null : { quota, usage };
    } catch {
      return null;
    }
  },
  async persisted() {
    try {
      return await navigator.storage.persisted();
    } catch {
      return null;
    }
  },
  async persist() {
    try {
      return await navigator.storage.persist();
    } catch {
      return false;
    }
  },
};
