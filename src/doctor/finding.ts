import type { TsigAlgorithm } from '../dns/tsig.ts';
import { type Classification, error, warning } from './classification.ts';
import { type HostedFinding, hostedClassifications } from './hosted/hosted-finding.ts';

/**
 * Everything that an examination of a zone on another nameserver can find: doctor's words, finer than the faults of daily work, since the
 * doctor has asked further.
 *
 * `code` is stable and may be matched by programs. All other fields are plain strings, numbers and booleans, so that a
 * finding can be written down as JSON as it is.
 */
export type Finding =
  // connection
  /** No connection: nothing listens, or there is no way there. `reason` is the operating system's word. */
  | { readonly code: 'unreachable'; readonly reason: string }
  /** Not even a refusal to our wish to connect: what a firewall that drops looks like. */
  | { readonly code: 'connect-timeout' }
  /** Connected, and then silence until the deadline. */
  | { readonly code: 'no-answer'; readonly operation: Operation }
  /** The peer closed the connection instead of answering. */
  | { readonly code: 'disconnected'; readonly operation: Operation }
  /** Something answers, but not in DNS. `peer` says what it seems to be. */
  | { readonly code: 'not-a-nameserver'; readonly peer: string }
  // key
  /** TSIG error BADKEY with every algorithm (RFC 8945 §5.2.1). */
  | { readonly code: 'unknown-key' }
  /** Another algorithm is accepted with this key name; with `secretMatches` false, it is known but the MAC is wrong. */
  | { readonly code: 'wrong-algorithm'; readonly accepted: TsigAlgorithm; readonly secretMatches: boolean }
  /** TSIG error BADSIG (RFC 8945 §5.2.2), and no other algorithm would do. */
  | { readonly code: 'wrong-secret' }
  /** The signature is not accepted, and the nameserver does not say why. */
  | { readonly code: 'signature-rejected'; readonly rcode: string }
  /** The clocks are further apart than the fudge; positive when ours is ahead. */
  | { readonly code: 'clock-skew'; readonly aheadSeconds: number | undefined }
  /** It answers a signed question without a signature. */
  | { readonly code: 'unsigned-answer' }
  /** It answers with a signature that is wrong. */
  | { readonly code: 'forged-answer'; readonly reason: string }
  // zone
  /** The nameserver knows the name as part of another zone, or has a zone of a likely name. */
  | { readonly code: 'other-zone'; readonly suggestion: string }
  /** The nameserver has the zone above, which delegates ours to others. */
  | { readonly code: 'delegated-away'; readonly nameservers: readonly string[] }
  /** The nameserver has no such zone, and none around it. */
  | { readonly code: 'zone-not-served'; readonly rcode: string }
  /** The nameserver has the zone, but does not answer our questions about it. */
  | { readonly code: 'query-refused'; readonly rcode: string }
  /** The nameserver has the zone in its configuration, but not at hand. */
  | { readonly code: 'zone-not-loaded' }
  /** A resolver: it fetches answers from others. */
  | { readonly code: 'resolver' }
  /** An answer without authority. */
  | { readonly code: 'not-authoritative' }
  /** An rcode that fits nothing else. */
  | { readonly code: 'unexpected-answer'; readonly rcode: string; readonly operation: Operation }
  // clock
  /** The clocks differ by a minute or more, still inside the fudge; positive when ours is ahead. */
  | { readonly code: 'clock-drift'; readonly aheadSeconds: number }
  // update
  | { readonly code: 'alias-in-the-way'; readonly target: string }
  | { readonly code: 'dname-in-the-way'; readonly owner: string }
  | { readonly code: 'delegation-in-the-way'; readonly owner: string }
  /** Asking is allowed, changing is not. `primary` is what the SOA names as primary, where that is another machine. */
  | { readonly code: 'update-refused'; readonly rcode: string }
  | { readonly code: 'looks-like-secondary'; readonly rcode: string; readonly primary: string }
  | { readonly code: 'update-notauth'; readonly primary: string }
  | { readonly code: 'update-notzone' }
  | { readonly code: 'update-servfail' }
  | { readonly code: 'update-not-implemented'; readonly rcode: string }
  /** NOERROR, and yet the record is not there. */
  | { readonly code: 'not-applied' }
  /** The record was there, but not at once. */
  | { readonly code: 'applied-late' }
  /** Our record could not be removed, or it could not be seen whether it was. */
  | { readonly code: 'left-behind'; readonly content: string }
  /** Records of checks that had been killed were found, and removed. */
  | { readonly code: 'leftovers-removed'; readonly contents: readonly string[] }
  | { readonly code: 'interrupted' }
  // nameservers
  /** The zone was changed, and its serial is the same: secondaries have no way to know. */
  | { readonly code: 'serial-unchanged'; readonly serial: number }
  | { readonly code: 'nameserver-without-address'; readonly name: string }
  | {
      readonly code: 'nameserver-lags';
      readonly name: string;
      readonly address: string;
      readonly serial: number;
      readonly primarySerial: number;
    }
  | { readonly code: 'nameserver-silent'; readonly name: string; readonly address: string }
  | { readonly code: 'nameserver-lame'; readonly name: string; readonly address: string; readonly answer: string };

export type Operation = 'query' | 'update';
export type FindingCode = Finding['code'];
export type AnyFinding = Finding | HostedFinding;
export type FindingOf<Code extends FindingCode> = Extract<Finding, { code: Code }>;

/** How grave a finding is, and the step that it belongs to when it turns up before any later one. */
export function classify(code: AnyFinding['code']): Classification {
  return classifications[code];
}

const classifications: Readonly<Record<AnyFinding['code'], Classification>> = {
  ...hostedClassifications,
  unreachable: error('connection', 503),
  'connect-timeout': error('connection', 504),
  'no-answer': error('connection', 504),
  disconnected: error('connection', 503),
  'not-a-nameserver': error('connection', 502),
  'unknown-key': error('key', 502),
  'wrong-algorithm': error('key', 502),
  'wrong-secret': error('key', 502),
  'signature-rejected': error('key', 502),
  'unsigned-answer': error('key', 502),
  'forged-answer': error('key', 502),
  'clock-skew': error('clock', 502),
  'clock-drift': warning('clock'),
  'other-zone': error('zone', 502),
  'delegated-away': error('zone', 502),
  'zone-not-served': error('zone', 502),
  'query-refused': error('zone', 502),
  'zone-not-loaded': error('zone', 502),
  resolver: error('zone', 502),
  'not-authoritative': error('zone', 502),
  'unexpected-answer': error('zone', 502),
  'alias-in-the-way': error('update', 502),
  'dname-in-the-way': error('update', 502),
  'delegation-in-the-way': error('update', 502),
  'update-refused': error('update', 502),
  'looks-like-secondary': error('update', 502),
  'update-notauth': error('update', 502),
  'update-notzone': error('update', 502),
  'update-servfail': error('update', 502),
  'update-not-implemented': error('update', 502),
  'not-applied': error('update', 502),
  'applied-late': warning('update'),
  'left-behind': error('update', 502),
  'leftovers-removed': warning('update'),
  interrupted: error('update', 503),
  'serial-unchanged': warning('nameservers'),
  'nameserver-without-address': warning('nameservers'),
  'nameserver-lags': warning('nameservers'),
  'nameserver-silent': warning('nameservers'),
  'nameserver-lame': warning('nameservers'),
};
