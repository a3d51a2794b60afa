import { isAbsolute, relative, resolve } from 'node:path';
import * as z from 'zod/mini';
import { limits } from '#lib/domain/limits.ts';
import type { DiffPreview } from '#lib/domain/permission.ts';
import { contentText } from './content-text.ts';
import type { ToolChange } from './contract.ts';
import { shellLine } from './shell-quoting.ts';
import { diffContentSchema, type ToolUpdate } from './update-schemas.ts';
import { asTitle, cutAfter, madeVisible, withoutControls } from './visible-text.ts';

const commandInputSchema = z.object({
  command: z.union([z.string(), z.array(z.string())]),
});

/** Where the command runs, by the names that agents use for it. */
const directoryInputSchema = z.object({
  cwd: z.optional(z.string()),
  workdir: z.optional(z.string()),
  directory: z.optional(z.string()),
});

const contentKindSchema = z.object({ type: z.string() });
const wrappedSchema = z.object({ type: z.literal('content'), content: z.unknown() });

const outputSchema = z.object({
  formatted_output: z.optional(z.string()),
  output: z.optional(z.string()),
  stdout: z.optional(z.string()),
});

const exitSchema = z.object({
  exit_code: z.optional(z.nullable(z.int())),
  exitCode: z.optional(z.nullable(z.int())),
});

/** A convention of adapters for commands that they run themselves: output as it comes, then the exit code. */
const terminalMetaSchema = z.object({
  terminal_output_delta: z.optional(z.object({ data: z.string() })),
  terminal_output: z.optional(z.object({ data: z.string() })),
  terminal_exit: z.optional(exitSchema),
});

/**
 * What is known of each tool call of a session. A permission request may say less than the call it is about, and may come
 * before it: both are merged here by id.
 */
export class ToolCalls {
  readonly #directory: string;
  readonly #known = new Map<string, ToolChange>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Translates an update and remembers what it says. */
  change(update: ToolUpdate): ToolChange {
    const known = this.#known.get(update.toolCallId);
    const change = this.#translated(update, known);
    this.#known.delete(update.toolCallId);
    this.#known.set(update.toolCallId, { ...known, ...change });
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= limits.agentToolsRemembered) break;
      this.#known.delete(oldest);
    }
    return change;
  }

  /** All that is known of a tool call. */
  known(toolCallId: string): ToolChange {
    return this.#known.get(toolCallId) ?? { toolCallId };
  }

  #translated(update: ToolUpdate, known: ToolChange | undefined): ToolChange {
    const kind = update.kind ?? known?.toolKind;
    const output = outputOf(update, known?.output);
    const exitCode = exitCodeOf(update);
    const command = kind === 'execute' ? commandOf(update.rawInput) : null;
    const directory = kind === 'execute' ? this.#commandDirectory(update.rawInput) : null;
    return {
      toolCallId: update.toolCallId,
      ...(typeof update.title === 'string' && {
        title: asTitle(update.title, limits.agentTitleCharsMax),
      }),
      ...(typeof update.kind === 'string' && { toolKind: asTitle(update.kind, 40) }),
      ...(update.status && { status: update.status }),
      ...(command !== null && { command }),
      ...(directory !== null && { directory }),
      ...(update.locations && {
        locations: update.locations.map((location) => ({
          path: this.#shownPath(location.path),
          line: location.line ?? null,
        })),
      }),
      ...(update.content && { diffs: this.#diffsIn(update.content) }),
      ...(output !== null && { output }),
      ...(exitCode !== null && { exitCode }),
      ...(hasInput(update.rawInput) && { rawInput: rawJson(update.rawInput) }),
    };
  }

  #diffsIn(content: readonly unknown[]): DiffPreview[] {
    return content.flatMap((part) => {
      const diff = diffContentSchema.safeParse(part);
      if (!diff.success) return [];
      const { path, oldText, newText } = diff.data;
      return [{ path: this.#shownPath(path), oldText: oldText ?? null, newText }];
    });
  }

  #shownPath(path: string): string {
    const inside = isAbsolute(path) ? relative(this.#directory, path) : path;
    const outside = inside === '' || inside === '..' || inside.startsWith('../');
    return madeVisible(outside ? path : inside).replaceAll('\n', String.raw`\u{a}`);
  }

  #commandDirectory(rawInput: unknown): string | null {
    const input = directoryInputSchema.safeParse(rawInput);
    if (!input.success) return null;
    const given = input.data.cwd ?? input.data.workdir ?? input.data.directory;
    return given === undefined || given === ''
      ? null
      : madeVisible(resolve(this.#directory, given));
  }
}

function commandOf(rawInput: unknown): string | null {
  const input = commandInputSchema.safeParse(rawInput);
  if (!input.success) return null;
  const { command } = input.data;
  return madeVisible(typeof command === 'string' ? command : shellLine(command));
}

function outputOf(update: ToolUpdate, known: string | undefined): string | null {
  const written = (update.content ?? []).map(partText).filter((text) => text !== '');
  if (written.length > 0) return withoutControls(written.join('\n'));
  const meta = terminalMetaSchema.safeParse(update._meta);
  const more = meta.data?.terminal_output_delta ?? meta.data?.terminal_output;
  if (more !== undefined) {
    return `${known ?? ''}${withoutControls(more.data)}`.slice(-limits.agentTerminalCharsKept);
  }
  if (known !== undefined && known !== '') return null;
  const raw = rawOutputText(update.rawOutput);
  return raw === null ? null : withoutControls(raw);
}

/** The text of a part of a tool call's content; diffs and terminals are no text. */
function partText(part: unknown): string {
  const kind = contentKindSchema.safeParse(part).data?.type;
  if (kind === 'diff' || kind === 'terminal') return '';
  const wrapped = wrappedSchema.safeParse(part);
  return contentText(wrapped.success ? wrapped.data.content : part);
}

function rawOutputText(rawOutput: unknown): string | null {
  if (!hasInput(rawOutput)) return null;
  if (typeof rawOutput === 'string') return rawOutput;
  const output = outputSchema.safeParse(rawOutput).data;
  return output?.formatted_output ?? output?.output ?? output?.stdout ?? rawJson(rawOutput);
}

function exitCodeOf(update: ToolUpdate): number | null {
  const meta = terminalMetaSchema.safeParse(update._meta).data?.terminal_exit;
  const exit = meta ?? exitSchema.safeParse(update.rawOutput).data;
  return exit?.exit_code ?? exit?.exitCode ?? null;
}

const hasInput = (value: unknown): boolean =>
  value !== undefined && value !== null && JSON.stringify(value) !== '{}';

const rawJson = (value: unknown): string =>
  cutAfter(madeVisible(JSON.stringify(value, null, 2)), limits.agentRawCharsMax);
