// Runs before anything else of the page, as a plain script: no module has loaded yet, and none sees the address before it.
(() => {
  /** @type {string | null} */
  let secret = null;

  // The secret of a pairing link leaves the address, and with it the history and what other scripts can read.
  const take = () => {
    if (location.pathname !== '/pair' || location.hash.length <= 1) return false;
    secret = decodeURIComponent(location.hash.slice(1));
    history.replaceState(history.state, '', location.pathname + location.search);
    return true;
  };
  Object.defineProperty(globalThis, 'takePairingSecret', {
    value: () => {
      const taken = secret;
      secret = null;
      return taken;
    },
  });
  take();
  addEventListener('hashchange', (event) => {
    if (!take()) return;
    event.stopImmediatePropagation();
    dispatchEvent(new Event('pairinglink'));
  });

  // Where browsers have trusted types, no text becomes markup or script (the policy of server/http); the addresses of workers
  // are our own build's, and nothing else is.
  globalThis.trustedTypes?.createPolicy('default', {
    createScriptURL: (/** @type {string} */ address) =>
      new URL(address, location.href).origin === location.origin ? address : null,
  });

  // The first paint has the chosen theme; the app sets it again from the preferences.
  try {
    const theme = localStorage.getItem('rejoin.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // Without local storage the first paint has the system's theme.
  }
})();
