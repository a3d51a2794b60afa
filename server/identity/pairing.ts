import type { Clock, Random } from '#lib/domain/clock.ts';
import { FailureError } from '#lib/domain/failure.ts';
import { deviceIdSchema, newName, personIdSchema } from '#lib/domain/ids.ts';
import type { DeviceId, PersonId } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import type { Role, Scope } from '#lib/domain/role.ts';
import type { DeviceRow, PairingRow, PersonRow, Storage, Write } from '../storage/contract.ts';
import type { Directory } from './directory.ts';
import { hashOf, newSecret } from './secrets.ts';

/** What a link gives to the device that redeems it; fixed when it is made. */
export interface LinkTerms {
  readonly role: Role;
  readonly scope: Scope;
  readonly person: LinkPerson;
  /** `null`: made by the bridge itself, for its first owner. */
  readonly madeBy: DeviceId | null;
}

export type LinkPerson =
  | { readonly kind: 'existing'; readonly id: PersonId }
  | { readonly kind: 'new'; readonly name: string };

export interface PairingLink {
  /** Known to whoever gets the link, and to nobody else: the bridge keeps its hash. */
  readonly secret: string;
  readonly expiresAt: number;
}

export interface Redemption {
  readonly secret: string;
  readonly deviceName: string;
  readonly deviceKind: 'browser' | 'program';
  readonly publicKey: string | null;
}

export interface PairedDevice {
  readonly device: DeviceRow;
  readonly token: string;
}

export interface PairingParts {
  readonly storage: Pick<Storage, 'commit' | 'pairings'>;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly random: Random;
}

const colors = 8;

/** A person who joins now; colours go round in order of joining. */
export function newPerson(directory: Directory, clock: Clock, random: Random, name: string) {
  const row: PersonRow = {
    id: personIdSchema.parse(newName(random)),
    name,
    color: (directory.people.length % colors) + 1,
    joinedAt: clock.now(),
  };
  return row;
}

/** Pairing links: one secret of 256 bits, redeemed once, within five minutes by the bridge's clock (T09). */
export class Pairing {
  readonly #parts: PairingParts;
  readonly #rows = new Map<string, PairingRow>();

  private constructor(parts: PairingParts, rows: readonly PairingRow[]) {
    this.#parts = parts;
    for (const row of rows) this.#rows.set(row.secretHash, row);
  }

  static async open(parts: PairingParts): Promise<Pairing> {
    return new Pairing(parts, await parts.storage.pairings());
  }

  async makeLink(terms: LinkTerms): Promise<PairingLink> {
    const { storage, clock, random } = this.#parts;
    const secret = newSecret(random);
    const row: PairingRow = {
      secretHash: hashOf(secret),
      role: terms.role,
      scope: terms.scope,
      personId: terms.person.kind === 'existing' ? terms.person.id : null,
      personName: terms.person.kind === 'new' ? terms.person.name : '',
      madeBy: terms.madeBy,
      expiresAt: clock.now() + limits.pairingMsMax,
      usedAt: null,
    };
    await storage.commit([{ kind: 'pairing', row }]);
    this.#rows.set(row.secretHash, row);
    return { secret, expiresAt: row.expiresAt };
  }

  /**
   * Pairs a device. The link is taken before anything is awaited and given back only if nothing could be written, so that of
   * any number of attempts at once exactly one succeeds; link, person and device reach the disk in one batch.
   *
   * @throws FailureError `unauthorized` (no such link), `gone` (used or expired), `disk_full`
   */
  async redeem(redemption: Redemption): Promise<PairedDevice> {
    const { storage, directory, clock } = this.#parts;
    const row = this.#usable(redemption.secret);
    const used: PairingRow = { ...row, usedAt: clock.now() };
    this.#rows.set(row.secretHash, used);
    const person = this.#personOf(row);
    const paired = this.#newDevice(row, person, redemption);
    const writes: Write[] = [
      { kind: 'pairing', row: used },
      { kind: 'person', row: person },
      { kind: 'device', row: paired.device },
    ];
    try {
      await storage.commit(writes);
    } catch (error) {
      this.#rows.set(row.secretHash, row);
      throw error;
    }
    if (directory.person(person.id) === null) directory.putPerson(person);
    directory.putDevice(paired.device);
    return paired;
  }

  #usable(secret: string): PairingRow {
    const row = this.#rows.get(hashOf(secret));
    if (row === undefined)
      throw new FailureError(
        'unauthorized',
        'This bridge made no such pairing link. Check that the whole link was opened.',
      );
    if (row.usedAt !== null)
      throw new FailureError(
        'gone',
        'This pairing link was used; each pairs one device. Make a new one.',
      );
    if (this.#parts.clock.now() >= row.expiresAt)
      throw new FailureError(
        'gone',
        'This pairing link has expired; it is valid for five minutes. Make a new one.',
      );
    if (row.madeBy !== null && this.#parts.directory.principalOf(row.madeBy)?.role !== 'owner')
      throw new FailureError(
        'gone',
        'The device that made this pairing link is no owner any more.',
      );
    return row;
  }

  #personOf(row: PairingRow): PersonRow {
    const { directory, clock, random } = this.#parts;
    const known = row.personId === null ? null : directory.person(row.personId);
    return known ?? newPerson(directory, clock, random, row.personName);
  }

  #newDevice(row: PairingRow, person: PersonRow, redemption: Redemption): PairedDevice {
    const { clock, random } = this.#parts;
    const token = newSecret(random);
    return {
      token,
      device: {
        id: deviceIdSchema.parse(newName(random)),
        personId: person.id,
        name: redemption.deviceName,
        role: row.role,
        scope: row.scope,
        kind: redemption.deviceKind,
        tokenHash: hashOf(token),
        publicKey: redemption.publicKey,
        pairedAt: clock.now(),
        revokedAt: null,
      },
    };
  }
}
