import { agentIdSchema, type AgentId } from '#lib/domain/ids.ts';

/** An agent that is known to speak ACP: how its program is called and how to get it. */
export interface KnownAgent {
  readonly id: AgentId;
  readonly name: string;
  readonly description: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Values without which it would not ask, or would do what nobody sees. The owner's values come before them. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of variables that it reads and that are passed on from the bridge's own environment. */
  readonly envNames: readonly string[];
  readonly install: string;
}

const known = (
  id: string,
  agent: Omit<KnownAgent, 'id' | 'env'> & Partial<KnownAgent>,
): KnownAgent => ({
  env: {},
  ...agent,
  id: agentIdSchema.parse(id),
});

/** Looked up on PATH, in the order in which they are offered. */
export const knownAgents: readonly KnownAgent[] = [
  known('claude', {
    name: 'Claude Code',
    description: 'Anthropic’s coding agent, through its ACP adapter',
    command: 'claude-agent-acp',
    args: [],
    envNames: [
      'ANTHROPIC_API_KEY',
      'ANTHROPIC_AUTH_TOKEN',
      'ANTHROPIC_BASE_URL',
      'ANTHROPIC_MODEL',
      'CLAUDE_CODE_OAUTH_TOKEN',
      'CLAUDE_CODE_USE_BEDROCK',
      'CLAUDE_CODE_USE_VERTEX',
      'CLAUDE_CONFIG_DIR',
    ],
    install: 'npm install -g @agentclientprotocol/claude-agent-acp (Node 22 or newer)',
  }),
  known('codex', {
    name: 'Codex',
    description: 'OpenAI’s coding agent, through its ACP adapter',
    command: 'codex-acp',
    args: [],
    env: { INITIAL_AGENT_MODE: 'read-only', NO_BROWSER: '1' },
    envNames: ['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'CODEX_API_KEY', 'CODEX_HOME'],
    install: 'npm install -g @agentclientprotocol/codex-acp',
  }),
  known('gemini', {
    name: 'Gemini CLI',
    description: 'Google’s coding agent',
    command: 'gemini',
    args: ['--acp'],
    envNames: [
      'GEMINI_API_KEY',
      'GEMINI_MODEL',
      'GOOGLE_API_KEY',
      'GOOGLE_APPLICATION_CREDENTIALS',
      'GOOGLE_CLOUD_LOCATION',
      'GOOGLE_CLOUD_PROJECT',
      'GOOGLE_GEMINI_BASE_URL',
      'GOOGLE_GENAI_USE_VERTEXAI',
      'GEMINI_CLI_TRUST_WORKSPACE',
    ],
    install: 'npm install -g @google/gemini-cli',
  }),
  known('opencode', {
    name: 'OpenCode',
    description: 'Open-source coding agent for many providers',
    command: 'opencode',
    args: ['acp'],
    // It asks nothing by default; this is merged over its other configuration.
    env: { OPENCODE_PERMISSION: '{"edit":"ask","bash":"ask"}' },
    envNames: [
      'ANTHROPIC_API_KEY',
      'GEMINI_API_KEY',
      'GROQ_API_KEY',
      'OPENAI_API_KEY',
      'OPENCODE_API_KEY',
      'OPENCODE_CONFIG',
      'OPENROUTER_API_KEY',
    ],
    install: 'npm install -g opencode-ai',
  }),
  known('qwen', {
    name: 'Qwen Code',
    description: 'Alibaba’s coding agent, for any OpenAI-compatible provider',
    command: 'qwen',
    args: ['--acp'],
    envNames: ['DASHSCOPE_API_KEY', 'OPENAI_API_KEY', 'OPENAI_BASE_URL', 'OPENAI_MODEL'],
    install: 'npm install -g @qwen-code/qwen-code',
  }),
  known('copilot', {
    name: 'GitHub Copilot CLI',
    description: 'GitHub’s coding agent',
    command: 'copilot',
    args: ['--acp'],
    envNames: [
      'COPILOT_GITHUB_TOKEN',
      'COPILOT_HOME',
      'COPILOT_MODEL',
      'COPILOT_OFFLINE',
      'COPILOT_PROVIDER_API_KEY',
      'COPILOT_PROVIDER_BASE_URL',
      'GH_TOKEN',
      'GITHUB_TOKEN',
    ],
    install: 'npm install -g @github/copilot',
  }),
  known('cline', {
    name: 'Cline',
    description: 'Open-source coding agent for many providers',
    command: 'cline',
    // Without the flag it approves everything itself.
    args: ['--acp', '--auto-approve', 'false'],
    env: { CLINE_NO_AUTO_UPDATE: '1' },
    envNames: ['CLINE_API_KEY', 'CLINE_MODEL', 'CLINE_PROVIDER'],
    install: 'npm install -g cline',
  }),
  known('kimi', {
    name: 'Kimi Code',
    description: 'Moonshot’s coding agent; it edits files without asking, in every mode',
    command: 'kimi',
    args: ['acp'],
    env: { KIMI_CODE_NO_AUTO_UPDATE: '1' },
    envNames: ['KIMI_API_KEY', 'KIMI_CODE_HOME', 'MOONSHOT_API_KEY'],
    install: 'npm install -g @moonshot-ai/kimi-code (Node 22.19 or newer)',
  }),
];
