import * as z from 'zod/mini';
import { canonicalJson } from '#lib/domain/canonical.ts';
import { bridgeIdSchema, deviceIdSchema, epochSchema, personIdSchema } from '#lib/domain/ids.ts';
import { roleSchema, scopeSchema } from '#lib/domain/role.ts';
import type { Identity } from './contract.ts';
import { SettableSource } from './settable-source.ts';
import type { Tables } from './tables.ts';
import type { MeResponse } from './wire/http.ts';

const identitySchema = z.object({
  deviceId: deviceIdSchema,
  deviceName: z.string(),
  personId: personIdSchema,
  personName: z.string(),
  role: roleSchema,
  scope: scopeSchema,
  bridgeId: bridgeIdSchema,
  bridgeName: z.string(),
  bridgeKey: z.string(),
  epoch: epochSchema,
});

export const identityOf = (me: MeResponse): Identity => ({
  deviceId: me.deviceId,
  deviceName: me.deviceName,
  personId: me.personId,
  personName: me.personName,
  role: me.role,
  scope: me.scope,
  bridgeId: me.bridge.id,
  bridgeName: me.bridge.name,
  bridgeKey: me.bridge.key,
  epoch: me.epoch,
});

/** Who this device is, kept on disk so that it is known with no network; the credential itself is a cookie no script reads. */
export class DeviceIdentity {
  readonly current = new SettableSource<Identity | null>(null);
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** As it is on disk: known at the start, or since another tab paired. */
  async stored(): Promise<Identity | null> {
    const parsed = identitySchema.safeParse(
      await this.#tables.transact(['facts'], (transaction) => transaction.get('facts', 'identity')),
    );
    return parsed.success ? parsed.data : null;
  }

  show(identity: Identity): void {
    if (!isSameValue(identity, this.current.read())) this.current.set(identity);
  }

  async keep(identity: Identity): Promise<void> {
    if (isSameValue(identity, await this.stored())) return;
    await this.#tables.transact(['facts'], (transaction) => {
      transaction.put('facts', 'identity', identity);
    });
  }

  async erase(): Promise<void> {
    await this.#tables.transact(['facts'], (transaction) => {
      transaction.remove('facts', 'identity');
    });
    this.current.set(null);
  }
}

/** Whether both mean the same device at the same bridge, whatever its role or the epoch. */
export const isSamePairing = (a: Identity, b: Identity): boolean =>
  a.bridgeId === b.bridgeId && a.bridgeKey === b.bridgeKey && a.deviceId === b.deviceId;

const isSameValue = (a: Identity, b: Identity | null): boolean =>
  b !== null && canonicalJson({ ...a }) === canonicalJson({ ...b });
