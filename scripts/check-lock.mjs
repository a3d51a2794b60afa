// Holds the lockfiles to what an install on any machine needs; see docs/dependencies.md.
import { readFileSync } from 'node:fs';
import { inProject } from './launcher/project.mjs';
import { lockfileFaults } from './lockfile/faults.mjs';

let found = 0;
for (const path of ['package-lock.json', 'runtime/package-lock.json']) {
  for (const fault of lockfileFaults(JSON.parse(readFileSync(inProject(path), 'utf8')))) {
    console.error(`${path}: ${fault}`);
    found += 1;
  }
}
process.exitCode = found === 0 ? 0 : 1;
