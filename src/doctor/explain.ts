import type { Explanation } from '../updates/fault.ts';
import type { Finding, FindingOf, Operation } from './finding.ts';

/** Whom the words are about. */
export interface Subject {
  /** With the trailing dot, as all names here. */
  readonly zone: string;
  readonly nameserver: string;
  readonly port: number;
  readonly key: string;
  readonly algorithm: string;
  /** The full name that the check writes to. */
  readonly checkName: string;
}

/** Says in full sentences what was found and what to do about it. */
export function explainFinding(finding: Finding, subject: Subject): Explanation {
  switch (finding.code) {
    case 'unreachable':
    case 'connect-timeout':
    case 'no-answer':
    case 'disconnected':
    case 'not-a-nameserver':
      return explainConnection(finding, subject);
    case 'unknown-key':
    case 'wrong-algorithm':
    case 'wrong-secret':
    case 'signature-rejected':
    case 'unsigned-answer':
    case 'forged-answer':
      return explainKey(finding, subject);
    case 'clock-skew':
    case 'clock-drift':
      return explainClock(finding, subject);
    case 'other-zone':
    case 'delegated-away':
    case 'zone-not-served':
    case 'query-refused':
    case 'zone-not-loaded':
    case 'resolver':
    case 'not-authoritative':
    case 'unexpected-answer':
      return explainZone(finding, subject);
    case 'alias-in-the-way':
    case 'dname-in-the-way':
    case 'delegation-in-the-way':
    case 'not-applied':
    case 'applied-late':
    case 'left-behind':
    case 'leftovers-removed':
    case 'interrupted':
      return explainRecord(finding, subject);
    case 'update-refused':
    case 'looks-like-secondary':
    case 'update-notauth':
    case 'update-notzone':
    case 'update-servfail':
    case 'update-not-implemented':
      return explainRefusal(finding, subject);
    case 'serial-unchanged':
    case 'nameserver-without-address':
    case 'nameserver-lags':
    case 'nameserver-silent':
    case 'nameserver-lame':
      return explainNameserver(finding, subject);
  }
}

function explainConnection(
  finding: FindingOf<'unreachable' | 'connect-timeout' | 'no-answer' | 'disconnected' | 'not-a-nameserver'>,
  subject: Subject,
): Explanation {
  const where = place(subject);
  switch (finding.code) {
    case 'unreachable':
      return {
        cause: unreachableCause(finding.reason, where),
        remedy:
          'Start the nameserver, or correct nameserver and port in the configuration; it has to listen on TCP there.',
      };
    case 'connect-timeout':
      return {
        cause: `The connection to ${where} was neither accepted nor refused in time: a firewall seems to drop it, or the machine is down.`,
        remedy: `Let TCP to port ${subject.port} through, or correct nameserver and port in the configuration.`,
      };
    case 'no-answer':
      return {
        cause: `A connection to ${where} is accepted, but ${a(finding.operation)} gets no answer in time.`,
        remedy:
          'See whether the nameserver is overloaded or stopped, whether a firewall or proxy takes its connections, and whether it is a nameserver at all.',
      };
    case 'disconnected':
      return {
        cause: `What listens at ${where} closes the connection instead of answering ${a(finding.operation)}.`,
        remedy: `See in the nameserver's log whether it was restarted, and whether it lets this machine in over TCP.`,
      };
    case 'not-a-nameserver':
      return {
        cause: `What listens at ${where} is not a nameserver: it seems to be ${finding.peer}.`,
        remedy: 'Correct nameserver and port in the configuration.',
      };
  }
}

function unreachableCause(reason: string, where: string): string {
  if (reason === 'ECONNREFUSED') return `Nothing listens at ${where}: the connection was refused (ECONNREFUSED).`;
  return `There is no way to ${where}: the system says ${reason}.`;
}

function explainKey(
  finding: FindingOf<
    'unknown-key' | 'wrong-algorithm' | 'wrong-secret' | 'signature-rejected' | 'unsigned-answer' | 'forged-answer'
  >,
  { key, algorithm, nameserver }: Subject,
): Explanation {
  switch (finding.code) {
    case 'unknown-key':
      return {
        cause: `The nameserver ${nameserver} does not know the key ${key}, with whatever algorithm (BADKEY).`,
        remedy:
          'Give the key the same name on both sides: here it is tsig_key_name, else the name in the file that tsig_key_file names, else the zone’s; on Knot an acl of the zone has to name the key too.',
      };
    case 'wrong-algorithm':
      return {
        cause: `The nameserver ${nameserver} knows the key ${key} with ${finding.accepted}, not with ${algorithm}.`,
        remedy: finding.secretMatches
          ? `Set tsig_algorithm to ${finding.accepted}, or the algorithm in the file that tsig_key_file names; or change it on the nameserver.`
          : `Set tsig_algorithm to ${finding.accepted} and copy the secret anew into tsig_key, or copy the whole key into the file that tsig_key_file names: the secret differs as well.`,
      };
    case 'wrong-secret':
      return {
        cause: `The nameserver ${nameserver} knows the key ${key} with ${algorithm}, but by another secret (BADSIG).`,
        remedy:
          'Copy the secret of the key from the nameserver, all of it, into tsig_key or into the file that tsig_key_file names.',
      };
    case 'signature-rejected':
      return {
        cause: `The nameserver ${nameserver} does not accept the signature and does not say why (${finding.rcode}, as PowerDNS does): it does not know the key ${key}, or knows it by another secret, or its clock is more than 18 hours off.`,
        remedy:
          'Compare the key here (tsig_key_name and tsig_key, or the file that tsig_key_file names) with the key on the nameserver (on PowerDNS: pdnsutil list-tsig-keys); no algorithm does with this name and secret.',
      };
    case 'unsigned-answer':
      return {
        cause: `The nameserver ${nameserver} answers signed questions without a signature, so that anybody could have answered in its place.`,
        remedy: `Make sure that the nameserver itself answers there, not something between that ignores TSIG, and that it knows the key ${key}`,
      };
    case 'forged-answer':
      return {
        cause: `The answer that came from ${nameserver} is not proven to be the nameserver's. ${sentence(finding.reason)}`,
        remedy: `Make sure that the nameserver itself answers there, and that nothing between changes its messages.`,
      };
  }
}

function explainClock(finding: FindingOf<'clock-skew' | 'clock-drift'>, { nameserver }: Subject): Explanation {
  const { aheadSeconds } = finding;
  const remedy = 'Set the clocks of both machines, best by NTP, and look at the time zone they are set in.';
  const words = aheadSeconds === undefined ? '' : `: our clock is ${skewWords(aheadSeconds)} of the nameserver's`;
  if (finding.code === 'clock-skew') {
    return {
      cause: `The clocks of this machine and of the nameserver ${nameserver} are too far apart for signatures (BADTIME)${words}; 300 seconds are allowed.`,
      remedy,
    };
  }
  return {
    cause: `The clocks of this machine and of the nameserver ${nameserver} differ${words}. From 300 seconds on updates will be refused.`,
    remedy,
  };
}

/** `75 seconds ahead`: where our clock is, seen from the nameserver's. */
export function skewWords(aheadSeconds: number): string {
  const seconds = Math.abs(aheadSeconds);
  return `${seconds} ${seconds === 1 ? 'second' : 'seconds'} ${aheadSeconds < 0 ? 'behind' : 'ahead'}`;
}

function explainZone(
  finding: FindingOf<
    | 'other-zone'
    | 'delegated-away'
    | 'zone-not-served'
    | 'query-refused'
    | 'zone-not-loaded'
    | 'resolver'
    | 'not-authoritative'
    | 'unexpected-answer'
  >,
  { zone, nameserver }: Subject,
): Explanation {
  switch (finding.code) {
    case 'other-zone':
      return {
        cause: `The nameserver ${nameserver} has no zone ${zone} (it would answer updates with NOTAUTH); it has the zone ${finding.suggestion}`,
        remedy: `Configure the zone as ${finding.suggestion} here, or set up the zone ${zone} on the nameserver.`,
      };
    case 'delegated-away':
      return {
        cause: `The nameserver ${nameserver} only knows that the zone ${zone} is delegated to ${list(finding.nameservers)}`,
        remedy: 'Configure the primary of the delegated zone as nameserver.',
      };
    case 'zone-not-served':
      return {
        cause: `The nameserver ${nameserver} has neither the zone ${zone} nor one above it: it answers ${finding.rcode}.`,
        remedy:
          'Correct the name of the zone or the nameserver in the configuration, or set the zone up on the nameserver.',
      };
    case 'query-refused':
      return {
        cause: `The nameserver ${nameserver} has the zone ${zone}, but answers a query for it with ${finding.rcode}.`,
        remedy: 'Let this machine and the key ask as well: allow-query and the views on BIND, an acl on Knot.',
      };
    case 'zone-not-loaded':
      return {
        cause: `The nameserver ${nameserver} answers a query for the zone ${zone} with SERVFAIL: the zone is configured, but could not be loaded, or is a secondary's and has expired.`,
        remedy: `Look into the nameserver's log for what it says about the zone.`,
      };
    case 'resolver':
      return {
        cause: `The nameserver ${nameserver} answers as a resolver, without authority for the zone ${zone}`,
        remedy:
          'Configure the zone’s primary as nameserver, not a resolver; if this is meant to be the primary, the zone is missing there or is called otherwise.',
      };
    case 'not-authoritative':
      return {
        cause: `The nameserver ${nameserver} answers for the zone ${zone}, but not with authority.`,
        remedy: 'Configure the zone’s primary as nameserver.',
      };
    case 'unexpected-answer':
      return {
        cause: `The nameserver ${nameserver} answers ${a(finding.operation)} for the zone ${zone} with ${finding.rcode}.`,
        remedy: `Look into the nameserver's log for what it did not like.`,
      };
  }
}

function explainRecord(
  finding: FindingOf<
    | 'alias-in-the-way'
    | 'dname-in-the-way'
    | 'delegation-in-the-way'
    | 'not-applied'
    | 'applied-late'
    | 'left-behind'
    | 'leftovers-removed'
    | 'interrupted'
  >,
  { checkName, nameserver, zone }: Subject,
): Explanation {
  switch (finding.code) {
    case 'alias-in-the-way':
      return {
        cause: `The check's name ${checkName} is an alias (CNAME) for ${finding.target} and can hold no record of its own.`,
        remedy: 'Remove the alias on the nameserver.',
      };
    case 'dname-in-the-way':
      return {
        cause: `A DNAME at ${finding.owner} redirects every name below it, the check's name ${checkName} too.`,
        remedy: 'Remove the DNAME, or configure a zone that is not redirected.',
      };
    case 'delegation-in-the-way':
      return {
        cause: `The check's name ${checkName} is delegated away by the NS records at ${finding.owner}`,
        remedy: 'Remove the delegation on the nameserver.',
      };
    case 'not-applied':
      return {
        cause: `The nameserver ${nameserver} answered NOERROR to the update of ${checkName}, but does not show the record that was added.`,
        remedy:
          'See whether the queries get to another view or another machine than the updates, and what the records of that name are.',
      };
    case 'applied-late':
      return {
        cause: `The nameserver ${nameserver} showed the record that was added to ${checkName} only some time after it had said that it was there.`,
        remedy:
          'Updates may be reported as failed although they come through: see whether a signer or a cache stands between (inline-signing on BIND).',
      };
    case 'left-behind':
      return {
        cause: `The check could not remove its record from ${checkName}: TXT "${finding.content}" may still be there.`,
        remedy: `Remove it by hand: update delete ${checkName} TXT "${finding.content}" in nsupdate.`,
      };
    case 'leftovers-removed':
      return {
        cause: `Records of earlier checks stood at ${checkName} and were removed: ${finding.contents.join(', ')}.`,
        remedy: 'Nothing is to be done; an earlier check was probably killed.',
      };
    case 'interrupted':
      return { cause: `The check of the zone ${zone} was stopped before its end.`, remedy: 'Start it again.' };
  }
}

function explainRefusal(
  finding: FindingOf<
    | 'update-refused'
    | 'looks-like-secondary'
    | 'update-notauth'
    | 'update-notzone'
    | 'update-servfail'
    | 'update-not-implemented'
  >,
  { zone, nameserver, key }: Subject,
): Explanation {
  switch (finding.code) {
    case 'update-refused':
      return {
        cause: `The nameserver ${nameserver} lets the key ${key} ask, but not change the zone ${zone}: it answers the update with ${finding.rcode}.`,
        remedy: `Allow the key to change the zone: update-policy or allow-update on BIND; an acl with the key and action update on Knot; dnsupdate=yes, allow-dnsupdate-from and TSIG-ALLOW-DNSUPDATE on PowerDNS.`,
      };
    case 'looks-like-secondary':
      return {
        cause: `The nameserver ${nameserver} looks like a secondary of the zone ${zone}: it answers the update with ${finding.rcode}, and its SOA MNAME says that the primary is ${finding.primary}`,
        remedy: `Configure the primary as nameserver, probably ${finding.primary}`,
      };
    case 'update-notauth':
      return {
        cause: `The nameserver ${nameserver} answers queries for the zone ${zone} with authority, but updates with NOTAUTH, as one does that is not its primary.`,
        remedy: `Configure the primary as nameserver: the SOA names ${finding.primary}`,
      };
    case 'update-notzone':
      return {
        cause: `The nameserver ${nameserver} holds that a name of the zone ${zone} is not inside it (NOTZONE).`,
        remedy: 'Name the zone in the configuration just as the nameserver knows it.',
      };
    case 'update-servfail':
      return {
        cause: `The nameserver ${nameserver} cannot carry out updates of the zone ${zone} (SERVFAIL): most often the zone's directory or database is not writable for it, as when BIND cannot create the journal (.jnl).`,
        remedy: `Let the nameserver's user write to the directory of the zone file (BIND in Debian: /var/lib/bind), or to its database, and see its log.`,
      };
    case 'update-not-implemented':
      return {
        cause: `The nameserver ${nameserver} does not know dynamic updates: it answers ${finding.rcode}.`,
        remedy: `Switch them on where it has them, or make a nameserver that has them the zone's primary; NSD has none.`,
      };
  }
}

function explainNameserver(
  finding: FindingOf<
    'serial-unchanged' | 'nameserver-without-address' | 'nameserver-lags' | 'nameserver-silent' | 'nameserver-lame'
  >,
  { zone }: Subject,
): Explanation {
  switch (finding.code) {
    case 'serial-unchanged':
      return {
        cause: `The zone ${zone} was changed twice, but its serial stayed ${finding.serial}, so that secondaries do not notice changes.`,
        remedy: `Let updates raise the serial: on PowerDNS, pdnsutil set-meta ${zone} SOA-EDIT-DNSUPDATE INCREASE.`,
      };
    case 'nameserver-without-address':
      return {
        cause: `The nameserver ${finding.name} of the zone ${zone} has no address that could be found.`,
        remedy: `Add its A or AAAA record, or remove its NS record.`,
      };
    case 'nameserver-lags':
      return {
        cause: `The nameserver ${finding.name} (${finding.address}) still has the serial ${finding.serial}, and the primary has ${finding.primarySerial}.`,
        remedy:
          'See whether the primary notifies it (also-notify, notify on Knot and PowerDNS), whether it accepts the notification, and whether it may transfer the zone.',
      };
    case 'nameserver-silent':
      return {
        cause: `The nameserver ${finding.name} (${finding.address}) of the zone ${zone} does not answer, neither by UDP nor by TCP.`,
        remedy: 'Start it, let port 53 through to it, or remove its NS record.',
      };
    case 'nameserver-lame':
      return {
        cause: `The nameserver ${finding.name} (${finding.address}) is named by the zone ${zone}, but does not serve it: ${finding.answer}.`,
        remedy: 'Set the zone up on it as a secondary, or remove its NS record.',
      };
  }
}

function place({ nameserver, port }: Subject): string {
  return `${nameserver} port ${port}`;
}

function a(operation: Operation): string {
  return operation === 'query' ? 'a query' : 'an update';
}

function list(names: readonly string[]): string {
  return names.join(' and ');
}

function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}
