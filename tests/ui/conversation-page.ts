import type { Locator, Page } from '@playwright/test';
import { sessionPath, test as base, type OpenApp, type Opening } from './fixtures.ts';
import type { ConversationVerbs } from './harness/conversation-verbs.ts';

/** The story's first session in a page of its own. */
export interface ConversationPage extends OpenApp {
  readonly log: Locator;
  readonly box: Locator;
  readonly card: Locator;
  /** Does what the bridge, the agent or another person does in this session. */
  say<K extends keyof ConversationVerbs>(
    verb: K,
    ...args: Parameters<ConversationVerbs[K]>
  ): Promise<Awaited<ReturnType<ConversationVerbs[K]>>>;
  /** The commands that this device sent. */
  sent(): Promise<readonly { readonly kind: string; readonly params: unknown }[]>;
  /** How far the end of the conversation is below what is in sight, in pixels. */
  fromEnd(): Promise<number>;
}

interface ConversationOpening extends Opening {
  readonly path?: string;
  /** Without what the story's turn left open: no request, no queue, no plan. */
  readonly quiet?: boolean;
}

export const test = base.extend<{
  converse(opening?: ConversationOpening): Promise<ConversationPage>;
}>({
  converse: async ({ open }, use) => {
    await use(async ({ path = sessionPath, quiet = true, ...opening } = {}) => {
      const app = await open(path, opening);
      const log = app.page.getByRole('log', { name: 'Conversation' });
      await log.and(app.page.locator(':not(.unsettled)')).waitFor();
      const conversation: ConversationPage = {
        ...app,
        log,
        box: app.page.getByRole('textbox', { name: 'Prompt' }),
        card: app.page.getByRole('region', { name: 'Permission request' }),
        say: (verb, ...args) => say(app.page, verb, args),
        sent: () => say(app.page, 'sent', []),
        fromEnd: () =>
          log.evaluate((element) =>
            Math.round(element.scrollHeight - element.scrollTop - element.clientHeight),
          ),
      };
      if (quiet) await conversation.say('quiet');
      return conversation;
    });
  },
});

/** Types of a verb do not survive the way into the page and back; its name decides them. */
async function say<K extends keyof ConversationVerbs>(
  page: Page,
  verb: K,
  args: Parameters<ConversationVerbs[K]>,
): Promise<Awaited<ReturnType<ConversationVerbs[K]>>> {
  const told: unknown = await page.evaluate(
    ([name, given]) => {
      const verbs = window.rejoinConversation;
      if (verbs === undefined) throw new Error('expected the harness in the page');
      return Reflect.apply(Reflect.get(verbs, name) as () => unknown, verbs, given);
    },
    [verb as string, args as readonly unknown[]] as const,
  );
  return told as Awaited<ReturnType<ConversationVerbs[K]>>;
}
