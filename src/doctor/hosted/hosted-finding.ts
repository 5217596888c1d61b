import type { TsigAlgorithm } from '../../dns/tsig.ts';
import type { StoreFault } from '../../store/store-fault.ts';
import { type Classification, error, hint, warning } from '../classification.ts';

/** Over which of the two a nameserver was asked. */
export type Transport = 'UDP' | 'TCP';

/**
 * What an examination of a zone that is hosted here can find, besides what the trial of an update finds everywhere.
 *
 * `code` is stable and may be matched by programs. All other fields can be written down as JSON as they are; a `place` is an
 * address with a port, in words.
 */
export type HostedFinding =
  // service
  | { readonly code: 'service-not-running'; readonly places: readonly string[] }
  /** Something answers where the service should, and does not serve the zone. */
  | { readonly code: 'service-lacks-zone'; readonly place: string; readonly answer: string }
  /** What answers there has the zone from somewhere else than from our database. */
  | {
      readonly code: 'service-of-another';
      readonly place: string;
      readonly serial: number;
      readonly storedSerial: number;
    }
  | {
      readonly code: 'listener-silent';
      readonly place: string;
      readonly transport: Transport;
      readonly reason: string;
    }
  // database
  | { readonly code: 'database-absent'; readonly path: string }
  /** Whoever asks may not look into it. */
  | { readonly code: 'database-hidden'; readonly path: string }
  | { readonly code: 'database-fault'; readonly fault: StoreFault }
  | { readonly code: 'database-damaged'; readonly path: string; readonly complaints: readonly string[] }
  | { readonly code: 'disk-nearly-full'; readonly path: string; readonly freeOctets: number }
  // key
  | { readonly code: 'weak-key'; readonly key: string; readonly algorithm: TsigAlgorithm }
  // update
  /** The service that runs does not accept the key of the configuration. */
  | { readonly code: 'key-not-in-force'; readonly key: string; readonly answer: string }
  | { readonly code: 'change-refused'; readonly rcode: string }
  // reach
  | { readonly code: 'listens-locally'; readonly places: readonly string[] }
  | { readonly code: 'listens-beside-53'; readonly places: readonly string[] }
  /** The zone names itself as its nameserver, for want of another. */
  | { readonly code: 'nameserver-unnamed' }
  | { readonly code: 'own-address-unknown'; readonly name: string }
  | {
      readonly code: 'address-unreachable';
      readonly name: string;
      readonly address: string;
      readonly transport: Transport | 'UDP and TCP';
      readonly reason: string;
    }
  /** Somebody answers at our address, and it is not us. */
  | { readonly code: 'address-of-another'; readonly name: string; readonly address: string; readonly answer: string }
  // delegation
  | { readonly code: 'parent-not-found'; readonly reason: string }
  | { readonly code: 'parent-silent'; readonly parent: string; readonly tried: readonly string[] }
  | { readonly code: 'not-delegated'; readonly parent: string }
  | { readonly code: 'delegated-elsewhere'; readonly parent: string; readonly nameservers: readonly string[] }
  | {
      readonly code: 'delegation-differs';
      readonly parent: string;
      readonly missing: readonly string[];
      readonly surplus: readonly string[];
    }
  | {
      readonly code: 'glue-missing';
      readonly parent: string;
      readonly name: string;
      readonly addresses: readonly string[];
    }
  | {
      readonly code: 'glue-differs';
      readonly parent: string;
      readonly name: string;
      readonly given: readonly string[];
      readonly expected: readonly string[];
    }
  /** The zone above names a nameserver that is none of the zone's, and does not serve it either. */
  | {
      readonly code: 'delegation-lame';
      readonly parent: string;
      readonly name: string;
      readonly address: string;
      readonly answer: string;
    }
  // secondaries
  | {
      readonly code: 'secondary-behind';
      readonly name: string;
      readonly address: string;
      readonly serial: number;
      readonly ownSerial: number;
      /** How many changes lie between the two. */
      readonly changes: number;
    }
  | { readonly code: 'secondary-silent'; readonly name: string; readonly address: string; readonly reason: string }
  | { readonly code: 'secondary-lame'; readonly name: string; readonly address: string; readonly answer: string }
  | { readonly code: 'secondary-without-address'; readonly name: string };

export type HostedFindingCode = HostedFinding['code'];
export type HostedFindingOf<Code extends HostedFindingCode> = Extract<HostedFinding, { code: Code }>;

export const hostedClassifications: Readonly<Record<HostedFindingCode, Classification>> = {
  'service-not-running': error('service', 503),
  'service-lacks-zone': error('service', 502),
  'service-of-another': error('service', 502),
  'listener-silent': warning('service'),
  'database-absent': warning('database'),
  'database-hidden': warning('database'),
  'database-fault': error('database', 502),
  'database-damaged': error('database', 502),
  'disk-nearly-full': warning('database'),
  'weak-key': warning('key'),
  'key-not-in-force': error('update', 502),
  'change-refused': error('update', 502),
  'listens-locally': hint('reach'),
  'listens-beside-53': hint('reach'),
  'nameserver-unnamed': hint('reach'),
  'own-address-unknown': warning('reach'),
  'address-unreachable': warning('reach'),
  'address-of-another': warning('reach'),
  'parent-not-found': warning('delegation'),
  'parent-silent': warning('delegation'),
  'not-delegated': warning('delegation'),
  'delegated-elsewhere': warning('delegation'),
  'delegation-differs': warning('delegation'),
  'glue-missing': warning('delegation'),
  'glue-differs': warning('delegation'),
  'delegation-lame': warning('delegation'),
  'secondary-behind': warning('secondaries'),
  'secondary-silent': warning('secondaries'),
  'secondary-lame': warning('secondaries'),
  'secondary-without-address': warning('secondaries'),
};
