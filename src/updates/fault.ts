import { rcodeName } from '../dns/codes.ts';

/**
 * Everything that can go wrong between a valid request and a changed zone: one vocabulary for every dialect.
 *
 * `code` is stable and may be matched by programs. Where a nameserver is concerned, `nameserver` is its address as the
 * operator wrote it.
 */
export type Fault =
  | { readonly code: 'unknown-zone'; readonly name: string }
  /** A CNAME or DNAME stands where address records were asked for (RFC 1034 §3.6.2). */
  /** `place`: where it is configured, on a nameserver of our own. */
  | { readonly code: 'alias'; readonly name: string; readonly target: string; readonly place?: string | undefined }
  /** The configuration alone says what the RRset is; `place` is where, as `FILE:LINE`. */
  | { readonly code: 'static'; readonly name: string; readonly type: string; readonly place: string }
  /** It is not within the scope of the credential; `reason` is a sentence without a full stop. */
  | { readonly code: 'not-permitted'; readonly name: string; readonly reason: string }
  /** A token has as many names as it may have, and this would be one more. */
  | { readonly code: 'too-many-names'; readonly name: string; readonly most: number }
  /** Names of this zone or credential may not point to such an address. */
  | { readonly code: 'unsuitable-address'; readonly name: string; readonly address: string; readonly reason: string }
  /** The credential, or the network it came from, changes names more often than is fair. */
  | { readonly code: 'throttled'; readonly name: string; readonly retryAfterSeconds: number }
  /** A bound of what one name or zone may hold. */
  | { readonly code: 'over-limit'; readonly name: string; readonly reason: string }
  /** The records are not, or not any more, those that the request is meant for. */
  | { readonly code: 'version-mismatch'; readonly name: string }
  /** It could not be put on stable storage, and so was not done (RFC 2136 §3.5); in the words of the store. */
  | { readonly code: 'not-stored'; readonly name: string; readonly cause: string; readonly remedy: string }
  /** One request would not fit into one UPDATE message. */
  | { readonly code: 'too-large'; readonly name: string }
  /** Our own queue is full. */
  | { readonly code: 'busy'; readonly nameserver: string }
  /** No connection: nothing listens, or there is no way there. `reason` is the operating system's word. */
  | { readonly code: 'unreachable'; readonly nameserver: string; readonly reason: string }
  /** The peer closed the connection before it answered. */
  | { readonly code: 'disconnected'; readonly nameserver: string }
  /** Silence until the deadline. */
  | { readonly code: 'timeout'; readonly nameserver: string }
  /** Octets that are no DNS answer to what was asked. */
  | { readonly code: 'not-dns'; readonly nameserver: string; readonly reason: string }
  /** An answer whose signature is missing, wrong or late (RFC 8945 §5.4). */
  | { readonly code: 'unproven'; readonly nameserver: string; readonly reason: string }
  /** TSIG error BADKEY (RFC 8945 §5.2.1). */
  | { readonly code: 'unknown-key'; readonly nameserver: string; readonly zone: string; readonly key: string }
  /** TSIG error BADSIG (RFC 8945 §5.2.2). */
  | { readonly code: 'wrong-signature'; readonly nameserver: string; readonly key: string }
  /** TSIG error BADTIME (RFC 8945 §5.2.3); positive when our clock is ahead. */
  | { readonly code: 'clock-skew'; readonly nameserver: string; readonly aheadSeconds: number | undefined }
  /** An rcode other than NOERROR. */
  | {
      readonly code: 'refused';
      readonly nameserver: string;
      readonly zone: string;
      readonly rcode: number;
      readonly operation: 'query' | 'update';
    }
  /** It answers, but not with authority for the zone (AA clear); where that is known, because of a delegation in it. */
  | {
      readonly code: 'not-authoritative';
      readonly nameserver: string;
      readonly zone: string;
      readonly delegation?: { readonly name: string; readonly owner: string };
    }
  /** NOERROR, and yet the zone does not hold what was sent. */
  | { readonly code: 'not-applied'; readonly nameserver: string; readonly name: string; readonly reason: string }
  /** Others changed the records each time between our looking and our changing; nothing was changed by us. */
  | { readonly code: 'contested'; readonly nameserver: string; readonly name: string }
  /** The answer got lost, and asking afterwards did not settle it. */
  | { readonly code: 'unconfirmed'; readonly nameserver: string; readonly name: string; readonly cause: Fault };

export type FaultCode = Fault['code'];

/** What went wrong and what would put it right, in words for the log and for the person who set this up. */
export interface Explanation {
  readonly cause: string;
  readonly remedy: string;
}

export function explainFault(fault: Fault): Explanation {
  switch (fault.code) {
    case 'unknown-zone':
      return {
        cause: `The name ${fault.name} lies in none of the configured zones.`,
        remedy: 'Ask for a name below a configured zone, or add its zone to the configuration.',
      };
    case 'alias':
      return {
        cause: `The name ${fault.name} is an alias for ${fault.target}, and an alias can have no addresses of its own.`,
        remedy: `Update ${fault.target} instead, or remove the alias ${fault.place === undefined ? 'on the nameserver' : `from the configuration, at ${fault.place}, and reload`}.`,
      };
    case 'too-large':
      return {
        cause: `The changes for ${fault.name} do not fit into one UPDATE message of 64 KiB.`,
        remedy: 'Ask for fewer names at once.',
      };
    case 'static':
      return {
        cause: `The ${fault.type} records of ${fault.name} are configured at ${fault.place}, and no update can change them.`,
        remedy: 'Change them there and reload, or remove them there so that updates may set them.',
      };
    case 'not-permitted':
      return {
        cause: `The credential may not change ${fault.name}: ${fault.reason}.`,
        remedy: 'Ask with a credential whose scope has this name and type, or widen the scope of this one.',
      };
    case 'too-many-names':
      return {
        cause: `The token has as many names as it may have (${fault.most}), and ${fault.name} would be one more.`,
        remedy: 'Remove the records and then the hosts that are no longer needed, or allow the token more names.',
      };
    case 'unsuitable-address':
      return {
        cause: `The name ${fault.name} cannot point to ${fault.address}: ${fault.reason}.`,
        remedy: 'Send the address that others can reach.',
      };
    case 'throttled':
      return {
        cause: `The name ${fault.name} was not changed, because the credential or its network changes names too often.`,
        remedy: `Wait ${fault.retryAfterSeconds} seconds, and find out what changes back and forth.`,
      };
    case 'over-limit':
      return {
        cause: `The zone does not take so much for ${fault.name}: ${fault.reason}.`,
        remedy: 'Remove records that are no longer needed.',
      };
    case 'version-mismatch':
      return {
        cause: `The records of ${fault.name} are not, or not any more, those that the request is meant for.`,
        remedy: 'Get them again, look at what has changed, and send the ETag that they have now.',
      };
    case 'not-stored':
      return { cause: `The update of ${fault.name} could not be stored. ${fault.cause}`, remedy: fault.remedy };
    case 'busy':
      return {
        cause: `Too many updates are waiting for the nameserver ${fault.nameserver}.`,
        remedy: 'Try again in a moment.',
      };
    case 'refused':
      return explainRcode(fault);
    case 'not-applied':
      return {
        cause: `The nameserver ${fault.nameserver} answered NOERROR, but does not hold what was sent for ${fault.name}: ${fault.reason}.`,
        remedy: 'Look at the records of that name and of the names above it on the nameserver.',
      };
    case 'contested':
      return {
        cause: `The records of ${fault.name} were changed by others on ${fault.nameserver} each time before ours could be made.`,
        remedy: 'Find out who else changes that name, or ask again.',
      };
    case 'unconfirmed': {
      const { cause } = explainFault(fault.cause);
      return {
        cause: `It is not known whether the update of ${fault.name} took effect. ${cause}`,
        remedy: 'Ask again: a repeated update does no harm.',
      };
    }
    case 'unknown-key':
    case 'wrong-signature':
    case 'clock-skew':
    case 'unproven':
      return explainSignature(fault);
    case 'unreachable':
    case 'disconnected':
    case 'timeout':
    case 'not-dns':
    case 'not-authoritative':
      return explainPeer(fault);
  }
}

type Pick<Code extends FaultCode> = Extract<Fault, { code: Code }>;

/** Where a configuration holds the secret of a key, and in a file its name and algorithm too. */
export const keyHere = 'the key here (tsig_key, or the file that tsig_key_file names)';

function explainRcode(fault: Pick<'refused'>): Explanation {
  const { nameserver, zone } = fault;
  const name = rcodeName(fault.rcode);
  const remedies: Record<string, string> = {
    REFUSED: `Allow the key to change the name: update-policy or allow-update on BIND, an acl with action update on Knot, TSIG-ALLOW-DNSUPDATE on PowerDNS. At a name with an underscore, BIND also wants check-names ignore for the zone.`,
    SERVFAIL: `Look into the nameserver's log; a zone directory that it may not write to is the usual cause.`,
    NOTAUTH: `Name the zone as the nameserver knows it, and make sure that this nameserver is its primary.`,
    NOTZONE: `Name the zone as the nameserver knows it.`,
    NOTIMP: `Switch dynamic updates on (dnsupdate=yes on PowerDNS), or use a nameserver that has them.`,
    FORMERR: `Look into the nameserver's log for what it did not understand.`,
  };
  const queryRemedies: Record<string, string> = {
    REFUSED: 'It does not have this zone, or does not let the key read it; `dyndns check` says which.',
    // A query has no other cause for it than its signature (RFC 8945 §5.2); PowerDNS does not say what is wrong with it.
    NOTAUTH: `Compare ${keyHere}, its name and its algorithm with the key on the nameserver.`,
  };
  const own = fault.operation === 'query' ? queryRemedies[name] : undefined;
  return {
    cause: `The nameserver ${nameserver} answered ${fault.operation === 'update' ? 'an update of' : 'a query for'} the zone ${zone} with ${name}.`,
    remedy: own ?? remedies[name] ?? `Look into the nameserver's log.`,
  };
}

function explainSignature(
  fault: Pick<'unknown-key'> | Pick<'wrong-signature'> | Pick<'clock-skew'> | Pick<'unproven'>,
): Explanation {
  const { nameserver } = fault;
  switch (fault.code) {
    case 'unknown-key':
      return {
        cause: `The nameserver ${nameserver} does not know the key ${fault.key} used for the zone ${fault.zone}, or not with this algorithm.`,
        remedy:
          'Compare name and algorithm of the key here (tsig_key_name and tsig_algorithm, or those in the file that tsig_key_file names) with the key on the nameserver. Knot says the same of a key that its acl does not let change the name.',
      };
    case 'wrong-signature':
      return {
        cause: `The nameserver ${nameserver} knows the key ${fault.key}, but computes another signature.`,
        remedy: `Compare ${keyHere} and its algorithm with the key on the nameserver.`,
      };
    case 'clock-skew':
      return {
        cause: `The nameserver ${nameserver} finds our signature's time too far from its own${skewWords(fault.aheadSeconds)}.`,
        remedy: 'Set both clocks, best by NTP.',
      };
    case 'unproven':
      return {
        cause: `The answer that came from ${nameserver} is not proven to be the nameserver's: ${fault.reason}.`,
        remedy: 'Make sure that the nameserver itself answers there, and that it signs its answers with the same key.',
      };
  }
}

function skewWords(aheadSeconds: number | undefined): string {
  if (aheadSeconds === undefined) return '';
  return `: our clock is ${Math.abs(aheadSeconds)} seconds ${aheadSeconds < 0 ? 'behind' : 'ahead'}`;
}

function explainPeer(
  fault: Pick<'unreachable'> | Pick<'disconnected'> | Pick<'timeout'> | Pick<'not-dns'> | Pick<'not-authoritative'>,
): Explanation {
  const { nameserver } = fault;
  switch (fault.code) {
    case 'unreachable':
      return {
        cause: `The nameserver ${nameserver} could not be reached: ${fault.reason}.`,
        remedy: 'Start it, or correct nameserver and port; it has to listen on TCP.',
      };
    case 'disconnected':
      return {
        cause: `The nameserver ${nameserver} closed the connection before it answered.`,
        remedy: 'See whether it was restarted, and whether it lets this machine in over TCP.',
      };
    case 'timeout':
      return {
        cause: `The nameserver ${nameserver} did not answer in time.`,
        remedy: 'See whether it is overloaded, and whether a firewall drops TCP to its port.',
      };
    case 'not-dns':
      return {
        cause: `What listens at ${nameserver} does not answer like a nameserver: ${fault.reason}.`,
        remedy: 'Correct nameserver and port.',
      };
    case 'not-authoritative':
      if (fault.delegation) return explainDelegation(fault.zone, fault.delegation);
      return {
        cause: `The nameserver ${nameserver} answers for the zone ${fault.zone}, but not with authority.`,
        remedy: 'Name the zone’s primary, not a resolver, and the zone itself, not one above or below it.',
      };
  }
}

/** RFC 1034 §4.2.1: what lies at or below a cut is not the zone's to answer for. */
function explainDelegation(
  zone: string,
  { name, owner }: { readonly name: string; readonly owner: string },
): Explanation {
  return {
    cause: `Nobody would see the records of ${name} in the zone ${zone}, which delegates ${owner} to another one by its NS records.`,
    remedy: `Change the name where the zone ${owner} is kept, or remove the NS records at ${owner}.`,
  };
}
