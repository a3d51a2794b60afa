import type { Attachment } from 'svelte/attachments';
import { textSizes, type PreferencesView } from '#lib/views/preferences.svelte.ts';

/** Where the script that runs before the first paint finds the theme; the truth is in the preferences. */
const mirrorKey = 'rejoin.theme';

/** Puts theme, text size and motion on the root element. */
export function appearance(preferences: PreferencesView): Attachment<Document> {
  return ({ documentElement }) => {
    $effect(() => {
      const { theme } = preferences;
      if (theme === 'system') delete documentElement.dataset['theme'];
      else documentElement.dataset['theme'] = theme;
      try {
        localStorage.setItem(mirrorKey, theme);
      } catch {
        // Without local storage the first paint has the system's theme, for a moment.
      }
    });
    $effect(() => {
      documentElement.style.setProperty('--text-factor', String(textSizes[preferences.textSize]));
    });
    $effect(() => {
      if (preferences.motion === 'reduced') documentElement.dataset['motion'] = 'reduced';
      else delete documentElement.dataset['motion'];
    });
  };
}
