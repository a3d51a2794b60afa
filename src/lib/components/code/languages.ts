/** Languages that can be coloured. */
export const languages = [
  'typescript',
  'tsx',
  'json',
  'html',
  'css',
  'scss',
  'svelte',
  'vue',
  'python',
  'rust',
  'go',
  'java',
  'kotlin',
  'c',
  'csharp',
  'php',
  'ruby',
  'swift',
  'shellscript',
  'powershell',
  'sql',
  'yaml',
  'toml',
  'ini',
  'docker',
  'make',
  'diff',
  'markdown',
  'xml',
  'graphql',
  'lua',
  'elixir',
  'haskell',
  'zig',
  'nix',
  'terraform',
  'proto',
  'dart',
  'scala',
] as const;
export type Language = (typeof languages)[number];

/** Names that people write after ``` and endings that files have. */
const aliases: Readonly<Record<string, Language>> = {
  ts: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  js: 'typescript',
  mjs: 'typescript',
  cjs: 'typescript',
  javascript: 'typescript',
  jsx: 'tsx',
  jsonc: 'json',
  json5: 'json',
  webmanifest: 'json',
  htm: 'html',
  less: 'scss',
  sass: 'scss',
  py: 'python',
  pyi: 'python',
  rs: 'rust',
  golang: 'go',
  kt: 'kotlin',
  kts: 'kotlin',
  h: 'c',
  cc: 'c',
  cpp: 'c',
  'c++': 'c',
  cxx: 'c',
  hpp: 'c',
  hh: 'c',
  cs: 'csharp',
  'c#': 'csharp',
  rb: 'ruby',
  sh: 'shellscript',
  bash: 'shellscript',
  zsh: 'shellscript',
  shell: 'shellscript',
  console: 'shellscript',
  fish: 'shellscript',
  ps1: 'powershell',
  yml: 'yaml',
  cfg: 'ini',
  conf: 'ini',
  env: 'ini',
  editorconfig: 'ini',
  gitconfig: 'ini',
  dockerfile: 'docker',
  containerfile: 'docker',
  makefile: 'make',
  mk: 'make',
  patch: 'diff',
  md: 'markdown',
  mdx: 'markdown',
  svg: 'xml',
  plist: 'xml',
  gql: 'graphql',
  ex: 'elixir',
  exs: 'elixir',
  hs: 'haskell',
  tf: 'terraform',
  hcl: 'terraform',
  protobuf: 'proto',
  sc: 'scala',
};

const known: ReadonlySet<string> = new Set(languages);
const isLanguage = (name: string): name is Language => known.has(name);

/** The language that a fence's info string names, e.g. `ts title="a"`; `null` for none that is known. */
export function languageNamed(info: string): Language | null {
  const name = /^[^\s{,]+/.exec(info.trim())?.[0].toLowerCase() ?? '';
  return isLanguage(name) ? name : (aliases[name] ?? null);
}

/** The language of a file, by its name. */
export function languageOfPath(path: string): Language | null {
  const file = path.slice(path.lastIndexOf('/') + 1);
  const ending = file.slice(file.lastIndexOf('.') + 1);
  return languageNamed(ending) ?? languageNamed(file.split('.')[0] ?? '');
}
