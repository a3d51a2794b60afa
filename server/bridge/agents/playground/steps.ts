/** A change of a file's text. Lines count from 1. */
export type TextChange =
  | { readonly kind: 'replace'; readonly from: string; readonly to: string }
  | { readonly kind: 'append'; readonly text: string }
  | {
      readonly kind: 'insert';
      readonly text: string;
      readonly where: 'before' | 'after';
      readonly line: number;
    };

/** One thing the playground agent can do, as it was understood from a prompt. */
export type Step =
  | { readonly kind: 'read'; readonly path: string }
  | { readonly kind: 'list'; readonly path: string }
  | { readonly kind: 'search'; readonly text: string; readonly path: string }
  | { readonly kind: 'create'; readonly path: string; readonly content: string }
  | { readonly kind: 'overwrite'; readonly path: string; readonly content: string }
  | { readonly kind: 'edit'; readonly path: string; readonly change: TextChange }
  | { readonly kind: 'delete'; readonly path: string }
  | { readonly kind: 'run'; readonly command: string }
  | { readonly kind: 'plan'; readonly entries: readonly string[] }
  | { readonly kind: 'think'; readonly text: string }
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'help' }
  | { readonly kind: 'explain' }
  | { readonly kind: 'tests' }
  | { readonly kind: 'newest' };

/** A step in a few words, for a plan. */
export function stepTitle(step: Step): string {
  switch (step.kind) {
    case 'read':
      return `Read ${step.path}`;
    case 'list':
      return `List ${step.path === '.' ? 'the files here' : step.path}`;
    case 'search':
      return `Search for "${step.text}"`;
    case 'create':
      return `Create ${step.path}`;
    case 'overwrite':
      return `Overwrite ${step.path}`;
    case 'edit':
      return `Edit ${step.path}`;
    case 'delete':
      return `Delete ${step.path}`;
    case 'run':
      return `Run ${step.command}`;
    case 'plan':
      return `Follow a plan of ${String(step.entries.length)} steps`;
    case 'think':
      return 'Think aloud';
    case 'say':
      return 'Say something';
    case 'wait':
      return `Wait ${String(step.seconds)} s`;
    case 'help':
      return 'Explain what I can do';
    case 'explain':
      return 'Describe this repository';
    case 'tests':
      return 'Look for tests';
    case 'newest':
      return 'Look for the newest file';
  }
}
