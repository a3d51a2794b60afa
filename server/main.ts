import { homedir } from 'node:os';
import manifest from '../package.json' with { type: 'json' };
import { announcementLine, announcementText } from './announcement.ts';
import { systemAmbient } from './ambient.ts';
import { helpText, readConfig, type Config, type Surroundings } from './config.ts';
import { openLog } from './log.ts';
import { openBrowser } from './open-browser.ts';
import { reportFailure } from './report-failure.ts';
import { startBridge } from './start-bridge.ts';
import { stopOnSignals } from './stop-on-signals.ts';

/**
 * `npm start`: everything that runs on this machine, composed. Resolves when it serves; the process then lives until a signal.
 *
 * Rejects, with `process.exitCode` set, once it has said what is wrong.
 */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    const surroundings: Surroundings = {
      env: process.env,
      platform: process.platform,
      homeDirectory: homedir(),
      currentDirectory: process.cwd(),
    };
    const invocation = readConfig(argv, surroundings);
    switch (invocation.kind) {
      case 'help':
        process.stdout.write(helpText);
        break;
      case 'version':
        process.stdout.write(`${manifest.version}\n`);
        break;
      case 'serve':
        await serveUntilStopped(invocation.config);
        break;
    }
  } catch (error) {
    reportFailure(error);
    throw error;
  }
}

async function serveUntilStopped(config: Config): Promise<void> {
  const log = openLog(config.output === 'json' ? 'info' : 'warn');
  const starting = startBridge({ config, ambient: systemAmbient, log, version: manifest.version });
  stopOnSignals(
    starting.then((bridge) => () => bridge.stop()),
    systemAmbient.scheduler,
    log,
    process,
  );
  const { announcement } = await starting;
  process.stdout.write(
    config.output === 'json'
      ? announcementLine(announcement)
      : announcementText(announcement, config.host),
  );
  if (config.openBrowser)
    openBrowser(announcement.pairingUrl ?? announcement.url, process.platform, process.env);
}

if (import.meta.main) {
  main(process.argv.slice(2)).catch(() => {
    process.exit();
  });
}
