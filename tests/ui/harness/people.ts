import type { DeviceInfo, PersonInfo } from '#lib/domain/device.ts';
import { bridgeIdSchema, deviceIdSchema, epochSchema, personIdSchema } from '#lib/domain/ids.ts';
import type { Author } from '#lib/domain/prompt.ts';
import type { Identity } from '#lib/sync/contract.ts';

/** When the harness's story plays, in local time. The specs hold the page's clock there. */
export const storyTime = new Date(2026, 4, 14, 14, 32).getTime();
export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

const ilse = personIdSchema.parse('ilse');
const mara = personIdSchema.parse('mara');
const laptop = deviceIdSchema.parse('thinkpad');
const phone = deviceIdSchema.parse('pixel');
const macbook = deviceIdSchema.parse('macbook');

export const here: Identity = {
  deviceId: laptop,
  deviceName: 'ThinkPad, Chromium',
  personId: ilse,
  personName: 'Ilse Brandt',
  role: 'owner',
  scope: { kind: 'workspace' },
  bridgeId: bridgeIdSchema.parse('workstation'),
  bridgeName: 'workstation',
  bridgeKey: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE7mKQ0r4yGq2o3v5iTQ8uN3z2Qe1mXb9cLw',
  epoch: epochSchema.parse('e1'),
};

export const people: readonly PersonInfo[] = [
  { v: 1, id: ilse, name: 'Ilse Brandt', color: 1, joinedAt: storyTime - 40 * day },
  { v: 1, id: mara, name: 'Mara Lindqvist', color: 2, joinedAt: storyTime - 9 * day },
];

const device = (
  fields: Pick<DeviceInfo, 'id' | 'name' | 'personId' | 'role' | 'kind' | 'pairedAt'>,
): DeviceInfo => ({ v: 1, scope: { kind: 'workspace' }, revokedAt: null, ...fields });

export const devices: readonly DeviceInfo[] = [
  device({
    id: laptop,
    name: here.deviceName,
    personId: ilse,
    role: 'owner',
    kind: 'browser',
    pairedAt: storyTime - 40 * day,
  }),
  device({
    id: phone,
    name: 'Pixel 9',
    personId: ilse,
    role: 'owner',
    kind: 'browser',
    pairedAt: storyTime - 38 * day,
  }),
  device({
    id: macbook,
    name: 'MacBook Air, Safari',
    personId: mara,
    role: 'editor',
    kind: 'browser',
    pairedAt: storyTime - 9 * day,
  }),
];

export const byIlse: Author = { personId: ilse, deviceId: phone, verified: true };
export const byMara: Author = { personId: mara, deviceId: macbook, verified: true };
export { ilse, laptop, macbook, mara, phone };
