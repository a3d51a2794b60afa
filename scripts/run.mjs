// The one entry of every npm script. It runs on the Node that is there, with no node_modules: plain
// JavaScript, and nothing from a package is imported before `installed` has seen to it.
import { runCommand } from './launcher/commands.mjs';
import { LaunchFailure } from './launcher/launch-failure.mjs';

try {
  await runCommand(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof LaunchFailure)) throw error;
  process.stderr.write(`rejoin: ${error.message}\n`);
  process.exit(1);
}
