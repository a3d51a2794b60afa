import { keyTexts } from '#lib/components/messages/keys.ts';
import { queueTexts } from '#lib/components/messages/queue.ts';
import { taskTexts } from '#lib/components/messages/tasks.ts';
import { transcriptTexts } from '#lib/components/messages/transcript.ts';
import type { KeyScope } from '#lib/views/keyboard.svelte.ts';

/** Keys of one place, in the notation of the registry. */
export interface KeyGroup {
  readonly scope: KeyScope;
  readonly lines: readonly { readonly keys: string; readonly label: string }[];
}

/**
 * Keys of pages other than the settings: the registry knows them only while those pages are there. What works everywhere comes
 * from the registry itself.
 */
export const keysElsewhere: readonly KeyGroup[] = [
  {
    scope: 'composer',
    lines: [
      { keys: 'Enter', label: keyTexts.composer.send },
      { keys: 'Mod+Enter', label: keyTexts.composer.sendNow },
      { keys: 'Shift+Enter', label: keyTexts.composer.newLine },
      { keys: 'ArrowUp', label: keyTexts.composer.earlier },
      { keys: '/', label: keyTexts.composer.commands },
      { keys: '@', label: keyTexts.composer.files },
      { keys: 'Shift+Tab', label: keyTexts.composer.mode },
      { keys: 'Escape', label: keyTexts.composer.stop },
      { keys: 'Alt+ArrowUp', label: keyTexts.composer.moveUp },
      { keys: 'Alt+ArrowDown', label: keyTexts.composer.moveDown },
    ],
  },
  {
    scope: 'permission',
    lines: [
      { keys: 'a', label: transcriptTexts.keyPermission },
      { keys: '1…4', label: keyTexts.permissionAnswers },
    ],
  },
  {
    scope: 'transcript',
    lines: [
      { keys: 'j', label: transcriptTexts.keyNext },
      { keys: 'k', label: transcriptTexts.keyPrevious },
      { keys: 'Enter', label: transcriptTexts.keyOpen },
      { keys: 'c', label: transcriptTexts.keyCopy },
      { keys: 'l', label: transcriptTexts.keyLink },
      { keys: 'End', label: transcriptTexts.keyEnd },
      { keys: 'Mod+F', label: transcriptTexts.keyFind },
    ],
  },
  {
    scope: 'queue',
    lines: [
      { keys: 'j', label: queueTexts.keys.next },
      { keys: 'k', label: queueTexts.keys.previous },
      { keys: 'Enter', label: queueTexts.keys.open },
      { keys: 'Escape', label: queueTexts.keys.back },
    ],
  },
  {
    scope: 'tasks',
    lines: [
      { keys: 'c', label: taskTexts.keys.create },
      { keys: 'Enter', label: taskTexts.keys.open },
      { keys: 'Escape', label: taskTexts.close },
      { keys: 'Space', label: taskTexts.keys.step },
      { keys: 'Alt+ArrowUp', label: taskTexts.keys.up },
      { keys: 'Alt+ArrowDown', label: taskTexts.keys.down },
      { keys: 'Alt+ArrowLeft', label: taskTexts.keys.left },
      { keys: 'Alt+ArrowRight', label: taskTexts.keys.right },
      { keys: 'a', label: taskTexts.keys.assign },
    ],
  },
];
