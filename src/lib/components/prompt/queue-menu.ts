import ArrowDown from '@lucide/svelte/icons/arrow-down';
import ArrowUp from '@lucide/svelte/icons/arrow-up';
import Pencil from '@lucide/svelte/icons/pencil';
import Undo2 from '@lucide/svelte/icons/undo-2';
import { shortened } from '#lib/components/messages/numbers.ts';
import { transcriptTexts as texts } from '#lib/components/messages/transcript.ts';
import type { Announcer } from '#lib/components/shared/announcer.svelte.ts';
import type { MenuEntries } from '#lib/components/shared/menu-entry.ts';
import type { Toasts } from '#lib/components/shared/toasts.svelte.ts';
import type { PromptId } from '#lib/domain/ids.ts';
import type { Conversation } from '#lib/views/conversation.svelte.ts';
import type { QueuedPrompt } from '#lib/views/prompts.svelte.ts';
import { createContext } from 'svelte';
import type { PromptEditing } from './prompt-editing.svelte.ts';

/** What a person does with a queued prompt, by button, menu, key or drag. */
export interface QueueActions {
  /** Puts it first and stops the turn that runs, so that it is next. */
  sendNow(id: PromptId): void;
  move(id: PromptId, to: number): void;
  withdraw(id: PromptId): void;
  menu(queued: QueuedPrompt, position: number, count: number): MenuEntries;
}

export const [getQueueActions, setQueueActions] = createContext<QueueActions>();

export interface QueueActionsNeeds {
  readonly conversation: Conversation;
  readonly editing: PromptEditing;
  readonly toasts: Toasts;
  readonly announcer: Announcer;
}

export function queueActions({
  conversation,
  editing,
  toasts,
  announcer,
}: QueueActionsNeeds): QueueActions {
  const { prompts, turn } = conversation;
  const move = (id: PromptId, to: number): void => {
    const count = prompts.queued.length;
    if (to < 0 || to >= count) return;
    prompts.move(id, to);
    announcer.polite(texts.movedTo(to + 1, count));
  };
  const withdraw = (id: PromptId): void => {
    const withdrawn = prompts.withdraw(id);
    if (withdrawn === null) return;
    toasts.offerUndo({
      text: texts.withdrawn(shortened(withdrawn.prompt.text, 40)),
      label: texts.restore,
      undo: () => {
        prompts.restore(withdrawn);
      },
    });
  };
  return {
    move,
    withdraw,
    sendNow(id) {
      prompts.move(id, 0);
      const { run } = turn;
      if (run?.kind === 'running') void turn.stop(texts.stopSummary(run.turn));
    },
    menu: ({ prompt }, position, count) => [
      [
        {
          label: texts.edit,
          icon: Pencil,
          run: () => {
            editing.open(prompt);
          },
        },
        {
          label: texts.moveUp,
          icon: ArrowUp,
          hint: '⌥↑',
          blocked: position === 0 ? texts.moveNotUp : null,
          run: () => {
            move(prompt.id, position - 1);
          },
        },
        {
          label: texts.moveDown,
          icon: ArrowDown,
          hint: '⌥↓',
          blocked: position === count - 1 ? texts.moveNotDown : null,
          run: () => {
            move(prompt.id, position + 1);
          },
        },
      ],
      [
        {
          label: texts.withdraw,
          icon: Undo2,
          run: () => {
            withdraw(prompt.id);
          },
        },
      ],
    ],
  };
}
