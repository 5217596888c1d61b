import type { Fault } from '../updates/fault.ts';

/**
 * The HTTP status of a fault, for every dialect that has no words of its own for it.
 *
 * 403 it is not in the credential's scope; 404 the name is in none of our zones; 400 the request asks for what cannot be; 502 the nameserver refused, or what it said cannot be relied on; 503 it could not
 * be reached, or we are too busy; 504 it did not answer in time.
 */
export function faultStatus(fault: Fault): number {
  switch (fault.code) {
    case 'unknown-zone':
      return 404;
    case 'not-permitted':
    case 'too-many-names':
      return 403;
    case 'version-mismatch':
      return 412;
    case 'too-large':
    case 'static':
    case 'unsuitable-address':
    case 'over-limit':
      return 400;
    case 'alias':
    case 'not-dns':
    case 'unproven':
    case 'unknown-key':
    case 'wrong-signature':
    case 'clock-skew':
    case 'refused':
    case 'not-authoritative':
    case 'not-applied':
    case 'contested':
      return 502;
    case 'busy':
    case 'throttled':
    case 'not-stored':
    case 'unreachable':
    case 'disconnected':
      return 503;
    case 'timeout':
      return 504;
    case 'unconfirmed':
      return faultStatus(fault.cause);
  }
}
