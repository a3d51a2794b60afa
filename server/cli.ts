import { homedir } from 'node:os';
import { systemAmbient } from './ambient.ts';
import { bridgeClient, type BridgeClient } from './bridge-client.ts';
import { readCommandLine } from './command-line.ts';
import { dataDirectoryOf, type Surroundings } from './config.ts';
import { listDevices, setDeviceRole } from './devices-command.ts';
import { readTerminalFile } from './identity/terminal.ts';
import { makePairingLink } from './pair-command.ts';
import { reportFailure } from './report-failure.ts';
import { StartFailure } from './start-failure.ts';

export const helpText = `Usage: npm run rejoin -- COMMAND [options]

Commands for the bridge that runs on this machine, for whoever may read its data directory.

  pair              make a pairing link: one device, once, within five minutes
    --role ROLE       owner (unless given), editor, reviewer or viewer
    --session ID      a guest of this session only; may come several times
    --name PERSON     for a new person of this name
    --person ID       for a person who is known already (see devices)
                      neither: an owner's link is for you, any other for a new person
  devices           list the paired devices
  devices role ID ROLE
                    change what a device may do, from now on

  --data DIR        the data directory that the bridge was started with, if it was given one
  --json            print JSON
  --help            this text
`;

/** `npm run rejoin -- …`. @throws StartFailure, with \`process.exitCode\` set, once it has said what is wrong */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    const surroundings: Surroundings = {
      env: process.env,
      platform: process.platform,
      homeDirectory: homedir(),
      currentDirectory: process.cwd(),
    };
    process.stdout.write(await runCommand(argv, surroundings));
  } catch (error) {
    reportFailure(error);
    throw error;
  }
}

/** @returns what is to be printed */
export async function runCommand(
  argv: readonly string[],
  surroundings: Surroundings,
): Promise<string> {
  const line = readCommandLine(argv, {
    role: 'value',
    session: 'list',
    name: 'value',
    person: 'value',
    data: 'value',
    json: 'flag',
    help: 'flag',
  });
  const [command, subcommand, ...rest] = line.positionals;
  if (line.flag('help') || command === undefined) return helpText;
  const output = line.flag('json') ? 'json' : 'text';
  const connect = (): Promise<BridgeClient> =>
    connected(dataDirectoryOf(line.value('data'), surroundings));
  if (command === 'pair' && subcommand === undefined)
    return await makePairingLink(await connect(), line, output);
  if (command === 'devices' && subcommand === undefined)
    return await listDevices(await connect(), output);
  if (command === 'devices' && subcommand === 'role') {
    const [id, role, ...more] = rest;
    if (id === undefined || role === undefined || more.length > 0)
      throw new StartFailure('Expected: npm run rejoin -- devices role ID ROLE');
    return await setDeviceRole(await connect(), systemAmbient, id, role);
  }
  throw new StartFailure(
    `Expected one of: pair, devices, devices role; got "${line.positionals.join(' ')}". See --help.`,
  );
}

async function connected(dataDirectory: string): Promise<BridgeClient> {
  const terminal = await readTerminalFile(dataDirectory);
  if (terminal === null || !isAlive(terminal.pid))
    throw new StartFailure(
      `No bridge runs with the data directory ${dataDirectory}. Start it with: npm start. ` +
        'If it was started with --data, give the same --data here.',
    );
  return bridgeClient(terminal);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

if (import.meta.main) {
  main(process.argv.slice(2)).catch(() => {
    process.exit();
  });
}
