import { addressRequests, clientAddressRequests } from './addresses.ts';
import { argumentRequests } from './arguments.ts';
import { encodingRequests } from './encodings.ts';
import { framingRequests } from './framing.ts';
import type { HostileRequest, HostileSurroundings } from './hostile-request.ts';
import { internationalNameRequests } from './international-names.ts';
import { methodRequests } from './methods.ts';
import { nameRequests, zoneAndRecordNameRequests } from './names.ts';
import { secretRequests } from './secrets.ts';

/**
 * All requests that must change nothing.
 *
 * They are data, so that they run against every kind of primary behind the real HTTP server. What the zone holds does not
 * matter: none of them gets as far as the primary.
 */
export function hostileRequests(surroundings: HostileSurroundings): readonly HostileRequest[] {
  return [
    ...secretRequests(surroundings),
    ...nameRequests(surroundings),
    ...internationalNameRequests(surroundings),
    ...zoneAndRecordNameRequests(surroundings),
    ...addressRequests(surroundings),
    ...clientAddressRequests(surroundings),
    ...encodingRequests(surroundings),
    ...argumentRequests(surroundings),
    ...methodRequests(surroundings),
    ...framingRequests(surroundings),
  ];
}
