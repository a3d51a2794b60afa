import type { ThemeRegistrationRaw } from 'shiki/core';
import { spanKinds, type SpanKind } from './spans.ts';

/** TextMate scopes by what their colour says. Later rows win where a scope is more exact. */
const scopes: Readonly<Record<Exclude<SpanKind, 'plain'>, readonly string[]>> = {
  keyword: [
    'keyword',
    'storage',
    'keyword.operator.new',
    'keyword.operator.expression',
    'keyword.operator.logical.python',
    'variable.language',
    'punctuation.definition.keyword',
    'markup.heading',
  ],
  string: [
    'string',
    'constant.other.symbol',
    'markup.inline.raw',
    'markup.inserted',
    'punctuation.definition.string',
  ],
  number: ['constant.numeric', 'constant.language', 'constant.character', 'constant.other.color'],
  call: [
    'entity.name.function',
    'support.function',
    'entity.other.attribute-name',
    'markup.underline.link',
  ],
  type: [
    'entity.name.type',
    'entity.name.class',
    'entity.name.namespace',
    'entity.other.inherited-class',
    'entity.name.tag',
    'support.type',
    'support.class',
    'support.constant.property-value',
  ],
  comment: ['comment', 'punctuation.definition.comment', 'meta.diff.header'],
};

/** Operators are plain: colouring each sign makes a line restless. */
const plainScopes = ['keyword.operator', 'storage.type.function.arrow', 'meta.template.expression'];

/** Colours that stand for kinds: the page's tokens give the real ones, in light and dark. */
export const colorOf = (kind: SpanKind): string => `#00000${String(spanKinds.indexOf(kind))}`;

/** The kind that a colour of {@link codeTheme} stands for, as an index into {@link spanKinds}. */
export const kindIndexOf = (color: string | undefined): number =>
  color === undefined ? 0 : Math.max(0, Number.parseInt(color.slice(1, 7), 16) || 0);

export const codeTheme: ThemeRegistrationRaw = {
  name: 'rejoin',
  type: 'light',
  fg: colorOf('plain'),
  bg: '#ffffff',
  settings: [
    { settings: { foreground: colorOf('plain'), background: '#ffffff' } },
    ...spanKinds.flatMap((kind) =>
      kind === 'plain'
        ? []
        : [{ scope: [...scopes[kind]], settings: { foreground: colorOf(kind) } }],
    ),
    { scope: [...plainScopes], settings: { foreground: colorOf('plain') } },
  ],
};
