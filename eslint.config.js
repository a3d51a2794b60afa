import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import { layerRules } from './scripts/architecture/lint-rules.mjs';
import svelteConfig from './svelte.config.js';

/**
 * A clock, chance and timers are passed in (src/lib/domain/clock.ts), so that tests can hold them.
 * @type {import('eslint').Linter.RulesRecord}
 */
const ambientEffects = {
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'Take the time from the injected Clock.' },
    { object: 'performance', property: 'now', message: 'Take the time from the injected Clock.' },
    { object: 'Math', property: 'random', message: 'Take chance from the injected Random.' },
  ],
  'no-restricted-syntax': [
    'error',
    {
      selector: "NewExpression[callee.name='Date'][arguments.length=0]",
      message: 'Take the time from the injected Clock.',
    },
    {
      selector:
        'CallExpression[callee.name=/^(setTimeout|setInterval|setImmediate|requestAnimationFrame)$/]',
      message: 'Take timers from the injected Scheduler.',
    },
  ],
};

export default ts.config(
  {
    ignores: [
      '.svelte-kit/',
      'build/',
      'node_modules/',
      'runtime/node_modules/',
      'test-results/',
      'playwright-report/',
      '.cache/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  ts.configs.strict,
  svelte.configs.recommended,
  {
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
    },
  },
  {
    files: ['**/*.ts', '**/*.svelte'],
    languageOptions: {
      parserOptions: {
        projectService: {
          allowDefaultProject: ['*.config.ts'],
          defaultProject: 'tsconfig.tests.json',
        },
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      // The compiler knows which names exist, in each of the places the code runs.
      'no-undef': 'off',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { attributes: false } },
      ],
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    // Beside the source they test, but checked as Node code: src/ itself has no Node types.
    files: ['src/**/*.test.ts'],
    languageOptions: { parserOptions: { projectService: false, project: 'tsconfig.tests.json' } },
  },
  {
    files: ['src/service-worker.ts', 'src/service-worker/**/*.ts', 'src/**/*.worker.ts'],
    languageOptions: { parserOptions: { projectService: false, project: 'tsconfig.worker.json' } },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      // The app is served at the root of its origin, always.
      'svelte/no-navigation-without-resolve': 'off',
      // There are no stores here, and this rule asks for the type of every expression in a template.
      'svelte/require-store-reactive-access': 'off',
    },
  },
  {
    files: ['src/lib/domain/**/*.ts', 'src/lib/crdt/**/*.ts', 'server/bridge/**/*.ts'],
    rules: ambientEffects,
  },
  ...layerRules,
  {
    files: ['**/*.test.ts', 'tests/**/*.ts', 'tests/bench/**'],
    rules: {
      'no-restricted-imports': 'off',
      'no-restricted-properties': 'off',
      'no-restricted-syntax': 'off',
    },
  },
  {
    files: ['*.config.{js,ts}', 'tests/**/*.config.ts', 'tests/runes-environment.ts'],
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    files: ['scripts/**/*.mjs', '*.config.js'],
    languageOptions: { globals: globals.node },
  },
  {
    files: ['static/**/*.js'],
    languageOptions: { globals: globals.browser },
  },
  {
    files: ['scripts/**'],
    rules: { 'no-console': 'off' },
  },
);
