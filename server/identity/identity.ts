import type { BridgeIdentity } from '#lib/sync/wire/http.ts';
import type { Storage } from '../storage/contract.ts';
import type { Ambient } from '../ambient.ts';
import { openBridgeKey, type BridgeKey } from './bridge-key.ts';
import { Directory } from './directory.ts';
import { Pairing } from './pairing.ts';
import { readRevocations } from './revocations.ts';
import { openTerminalDevice } from './terminal.ts';

export interface IdentityOptions {
  readonly storage: Storage;
  readonly dataDirectory: string;
  readonly ambient: Pick<Ambient, 'clock' | 'random'>;
  /** Shown to people: the machine's name. */
  readonly bridgeName: string;
  readonly accountName: string;
}

/** Who the bridge is and whom it knows. */
export interface Identity {
  readonly bridge: BridgeIdentity;
  readonly key: BridgeKey;
  readonly directory: Directory;
  readonly pairing: Pairing;
  /** What the bridge's own command line presents. */
  readonly terminalToken: string;
  /**
   * A link for the first owner, who is the person at the terminal.
   *
   * @returns its secret, or `null` when there is an owner
   */
  firstOwnerLink(): Promise<string | null>;
}

/** @throws StartFailure when key or revocations are not as they were left */
export async function openIdentity(options: IdentityOptions): Promise<Identity> {
  const { storage, dataDirectory, ambient, bridgeName, accountName } = options;
  const [devices, people, revocations] = await Promise.all([
    storage.devices(),
    storage.people(),
    readRevocations(dataDirectory),
  ]);
  const key = await openBridgeKey(
    dataDirectory,
    devices.some((row) => row.kind !== 'terminal'),
  );
  const directory = new Directory(devices, people, revocations);
  const parts = { storage, directory, ...ambient };
  const terminal = await openTerminalDevice({ ...parts, accountName });
  const pairing = await Pairing.open(parts);
  return {
    bridge: { id: key.id, key: key.publicKey, name: bridgeName },
    key,
    directory,
    pairing,
    terminalToken: terminal.token,
    async firstOwnerLink() {
      if (directory.hasOwner()) return null;
      const link = await pairing.makeLink({
        role: 'owner',
        scope: { kind: 'workspace' },
        person: { kind: 'existing', id: terminal.device.personId },
        madeBy: null,
      });
      return link.secret;
    },
  };
}
