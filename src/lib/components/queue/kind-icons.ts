import ArchiveRestore from '@lucide/svelte/icons/archive-restore';
import Bot from '@lucide/svelte/icons/bot';
import CircleStop from '@lucide/svelte/icons/circle-stop';
import Hand from '@lucide/svelte/icons/hand';
import ListOrdered from '@lucide/svelte/icons/list-ordered';
import ListX from '@lucide/svelte/icons/list-x';
import LockOpen from '@lucide/svelte/icons/lock-open';
import MessageSquarePlus from '@lucide/svelte/icons/message-square-plus';
import Play from '@lucide/svelte/icons/play';
import SlidersHorizontal from '@lucide/svelte/icons/sliders-horizontal';
import Square from '@lucide/svelte/icons/square';
import Trash from '@lucide/svelte/icons/trash-2';
import UserCog from '@lucide/svelte/icons/user-cog';
import type { Component } from 'svelte';
import type { CommandKind } from '#lib/domain/command.ts';

type Icon = Component<{ size?: number | string }>;

const icons: Readonly<Record<CommandKind, Icon>> = {
  'session.create': MessageSquarePlus,
  'session.start': Play,
  'session.stop': Square,
  'session.trash': Trash,
  'session.restore': ArchiveRestore,
  'turn.cancel': CircleStop,
  'mode.set': SlidersHorizontal,
  'permission.answer': Hand,
  'agent.set': Bot,
  'rule.revoke': ListX,
  'device.role': UserCog,
  'bridge.release': LockOpen,
};

/** Decoration beside the words; a kind of a newer bridge has the queue's own. */
export const kindIcon = (kind: string): Icon =>
  Object.entries(icons).find(([known]) => known === kind)?.[1] ?? ListOrdered;
