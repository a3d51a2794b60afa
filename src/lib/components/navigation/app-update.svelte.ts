import { createContext } from 'svelte';

/**
 * A new version of the app that waits behind the running one. It is never taken by itself: a page that somebody writes in does
 * not change under their hands.
 */
export class AppUpdate {
  #waiting = $state.raw<ServiceWorker | null>(null);

  get offered(): boolean {
    return this.#waiting !== null;
  }

  /** Registers the service worker and follows its updates; call it once. */
  async watch(container: ServiceWorkerContainer, script: string): Promise<void> {
    const registration = await container.register(script, { type: 'module' });
    // Without a controller this is the first visit: what is installed now is this version.
    const look = (): void => {
      if (container.controller !== null) this.#waiting = registration.waiting;
    };
    look();
    registration.addEventListener('updatefound', () => {
      registration.installing?.addEventListener('statechange', look);
    });
  }

  /** Lets the new version take over and loads it. */
  take(container: ServiceWorkerContainer, reload: () => void): void {
    container.addEventListener('controllerchange', reload, { once: true });
    this.#waiting?.postMessage({ type: 'skip-waiting' });
  }
}

export const [getAppUpdate, setAppUpdate] = createContext<AppUpdate>();
