import {
  agentIdSchema,
  commandIdSchema,
  projectIdSchema,
  sessionIdSchema,
  type CommandId,
  type SessionId,
} from '#lib/domain/ids.ts';

const uuid = (kind: string, n: number): string =>
  `01890000-0000-7000-8${kind}-${n.toString(16).padStart(12, '0')}`;

export const sessionIdOf = (n: number): SessionId => sessionIdSchema.parse(uuid('000', n));
export const commandIdOf = (n: number): CommandId => commandIdSchema.parse(uuid('111', n));

export const projects = {
  api: projectIdSchema.parse('parcel-api'),
  web: projectIdSchema.parse('parcel-web'),
  dotfiles: projectIdSchema.parse('dotfiles'),
  playground: projectIdSchema.parse('playground'),
} as const;

export const agents = {
  claude: agentIdSchema.parse('claude-code'),
  gemini: agentIdSchema.parse('gemini'),
  codex: agentIdSchema.parse('codex'),
  playground: agentIdSchema.parse('playground'),
} as const;
