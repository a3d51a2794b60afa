import { transcriptTexts as texts } from '#lib/components/messages/transcript.ts';
import { clockTime } from '#lib/components/shared/time-words.ts';
import type { Conversation } from '#lib/views/conversation.svelte.ts';
import type { ConversationEntry } from './entries.ts';
import { stepWords } from './step-words.ts';
import { toolWords } from './tool-words.ts';

/** What a screen reader says of an entry before its text: whose it is, and of which turn or time. */
export function entryHeading(entry: ConversationEntry, conversation: Conversation): string {
  const agent = conversation.agentName ?? texts.agent;
  const ofTurn = (turnId: string | null, at: number): string => {
    const turn = conversation.transcript.turnNumber(turnId);
    return turn === null ? texts.headingTime(agent, clockTime(at)) : texts.headingTurn(agent, turn);
  };
  switch (entry.kind) {
    case 'prompt': {
      const { author, arrivedAt } = entry.item;
      const { me, person } = conversation.identity.author(author);
      return texts.headingPerson(me ? texts.you : person, clockTime(arrivedAt));
    }
    case 'queued': {
      const { personId, writtenAt } = entry.queued.prompt;
      const person = conversation.identity.people.find(personId);
      const name = person === null ? personId : person.me ? texts.you : person.name;
      return texts.headingPerson(name, clockTime(writtenAt));
    }
    case 'answer':
      return ofTurn(entry.turnId, entry.at);
    case 'steps':
      return stepWords(entry.steps).words;
    case 'tool': {
      const { verb, subject } = toolWords(entry.call, conversation.info?.directory ?? null);
      return texts.headingTool(verb === null ? subject : `${verb} ${subject}`);
    }
    case 'permission':
      return texts.permission;
    case 'run':
    case 'away':
    case 'foreign':
      return agent;
    default:
      return ofTurn(entry.item.turnId, entry.item.at);
  }
}
