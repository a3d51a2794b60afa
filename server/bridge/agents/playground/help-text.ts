/** What the playground agent says of itself; `docs/agents.md` says the same at more length. */
export const helpText = `I am the **playground agent**. There is no model behind me: I follow plain instructions, really, in this directory, and ask before I change anything.

| say | I |
|---|---|
| \`read PATH\` | show a file |
| \`list\` or \`list PATH\` | list files |
| \`search TEXT\` or \`search TEXT in PATH\` | find a text in files |
| \`create PATH: CONTENT\` | create a file; the content may go on in the lines below, or stand in a fenced block |
| \`overwrite PATH: CONTENT\` | replace a whole file |
| \`edit PATH: replace "A" with "B"\` | replace a text wherever it stands |
| \`edit PATH: append "TEXT"\` | add to the end |
| \`edit PATH: insert "TEXT" after line 3\` | insert lines (\`before\` and \`after\`) |
| \`delete PATH\` | delete a file |
| \`run COMMAND\` | run a shell command |
| \`plan A; B; C\` | show a plan and do what in it is an instruction |
| \`think TEXT\`, \`say TEXT\` | think or say that |
| \`wait 5 s\` | wait, which you can stop |
| \`explain this repository\` | read its main files and list what they say |

Write one instruction in each line, or join them with "then": \`create hello.md: # Hello then run cat hello.md\`.
In the mode "Ask first" I ask before each edit, deletion and command; in "Act without asking" I do not; in "Read only" I change nothing.
`;

export const notUnderstoodText = (words: string): string =>
  `I have no model, so I cannot understand "${words}". I follow plain instructions such as \`read README.md\`, \`create hello.md: # Hello\`, \`edit hello.md: replace "Hello" with "Good morning"\` or \`run npm test\`. Say \`help\` for all of them.\n`;
