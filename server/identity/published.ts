import type { DeviceInfo, PersonInfo } from '#lib/domain/device.ts';
import type { DeviceRow, PersonRow } from '../storage/contract.ts';

/** A device as others may see it: nothing of its credential. */
export const deviceInfo = (row: DeviceRow): DeviceInfo => ({
  v: 1,
  id: row.id,
  name: row.name,
  personId: row.personId,
  role: row.role,
  scope: row.scope,
  kind: row.kind,
  pairedAt: row.pairedAt,
  revokedAt: row.revokedAt,
});

export const personInfo = (row: PersonRow): PersonInfo => ({
  v: 1,
  id: row.id,
  name: row.name,
  color: row.color,
  joinedAt: row.joinedAt,
});
