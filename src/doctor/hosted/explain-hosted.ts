import { explainStoreFault } from '../../store/store-fault.ts';
import type { Explanation } from '../../updates/fault.ts';
import type { HostedFinding, HostedFindingOf } from './hosted-finding.ts';

/** Says in full sentences what was found of a zone that is hosted here, and what to do about it. */
export function explainHostedFinding(finding: HostedFinding, zone: string): Explanation {
  switch (finding.code) {
    case 'service-not-running':
    case 'service-lacks-zone':
    case 'service-of-another':
    case 'listener-silent':
      return explainService(finding, zone);
    case 'database-absent':
    case 'database-hidden':
    case 'database-fault':
    case 'database-damaged':
    case 'disk-nearly-full':
      return explainDatabase(finding);
    case 'weak-key':
    case 'key-not-in-force':
    case 'change-refused':
      return explainKey(finding, zone);
    case 'listens-locally':
    case 'listens-beside-53':
    case 'nameserver-unnamed':
    case 'own-address-unknown':
    case 'address-unreachable':
    case 'address-of-another':
      return explainReach(finding, zone);
    case 'parent-not-found':
    case 'parent-silent':
    case 'not-delegated':
    case 'delegated-elsewhere':
    case 'delegation-differs':
    case 'delegation-lame':
      return explainDelegation(finding, zone);
    case 'glue-missing':
    case 'glue-differs':
      return explainGlue(finding);
    case 'secondary-behind':
    case 'secondary-silent':
    case 'secondary-lame':
    case 'secondary-without-address':
      return explainSecondary(finding, zone);
  }
}

function explainService(
  finding: HostedFindingOf<'service-not-running' | 'service-lacks-zone' | 'service-of-another' | 'listener-silent'>,
  zone: string,
): Explanation {
  switch (finding.code) {
    case 'service-not-running':
      return {
        cause: `The service is not running: nobody answers at ${listed(finding.places)}.`,
        remedy:
          'Start it: systemctl start dyndns, or dyndns serve. If it does run, it listens elsewhere than dns.listen says now; restart it.',
      };
    case 'service-lacks-zone':
      return {
        cause: `What answers at ${finding.place} does not serve the zone ${zone}: ${finding.answer}.`,
        remedy:
          'If it is dyndns, let it read its configuration again: systemctl reload dyndns. If it is another nameserver, let one of them listen elsewhere.',
      };
    case 'service-of-another':
      return {
        cause: `What answers at ${finding.place} has the zone ${zone} with the serial ${finding.serial}, and the database of this configuration has ${finding.storedSerial}: it is another service, or works with another database.`,
        remedy:
          'Compare database and dns.listen with those of the service that runs, and see which other nameserver is on this machine.',
      };
    case 'listener-silent':
      return {
        cause: `The service runs, but does not answer over ${finding.transport} at ${finding.place} (${finding.reason}).`,
        remedy:
          'Restart it if dns.listen has changed since its start; otherwise see which firewall stands before that port.',
      };
  }
}

function explainDatabase(
  finding: HostedFindingOf<
    'database-absent' | 'database-hidden' | 'database-fault' | 'database-damaged' | 'disk-nearly-full'
  >,
): Explanation {
  switch (finding.code) {
    case 'database-absent':
      return {
        cause: `There is no database at ${finding.path} yet.`,
        remedy:
          'The first start of the service makes it. If there has been one, see whether it was moved: database in the configuration says where it is.',
      };
    case 'database-hidden':
      return {
        cause: `${finding.path} belongs to another user, and this one may not look into it.`,
        remedy: 'Let the user of the service ask: sudo -u dyndns dyndns check.',
      };
    case 'database-fault':
      return explainStoreFault(finding.fault);
    case 'database-damaged':
      return {
        cause: `${finding.path} is damaged: ${finding.complaints.slice(0, 3).join('; ')}.`,
        remedy: 'Stop the service, keep a copy of all its files, restore a backup, and look after the disk.',
      };
    case 'disk-nearly-full':
      return {
        cause: `The disk of ${finding.path} is nearly full: ${sizeWords(finding.freeOctets)} are left. When it is full, changes are refused.`,
        remedy: 'Free space on that file system.',
      };
  }
}

function explainKey(
  finding: HostedFindingOf<'weak-key' | 'key-not-in-force' | 'change-refused'>,
  zone: string,
): Explanation {
  switch (finding.code) {
    case 'weak-key':
      return {
        cause: `The key ${finding.key} signs with ${finding.algorithm}, which is too weak today.`,
        remedy:
          'Make a new one, such as with tsig-keygen -a hmac-sha256, and give it to whoever signs with the old one.',
      };
    case 'key-not-in-force':
      return {
        cause: `The service that runs does not accept the key ${finding.key} as the configuration has it: it answers ${finding.answer}.`,
        remedy: 'Let it read the configuration again: systemctl reload dyndns.',
      };
    case 'change-refused':
      return {
        cause: `The service answers a change of the zone ${zone} with ${finding.rcode}.`,
        remedy:
          finding.rcode === 'SERVFAIL'
            ? 'It could not be stored. The log of the service says why: journalctl -u dyndns.'
            : 'The log of the service says why: journalctl -u dyndns.',
      };
  }
}

function explainReach(
  finding: HostedFindingOf<
    | 'listens-locally'
    | 'listens-beside-53'
    | 'nameserver-unnamed'
    | 'own-address-unknown'
    | 'address-unreachable'
    | 'address-of-another'
  >,
  zone: string,
): Explanation {
  switch (finding.code) {
    case 'listens-locally':
      return {
        cause: `It answers at ${listed(finding.places)}, where only this machine can ask: just right for trying it out.`,
        remedy: `When the world shall find ${zone} here, give dns.listen this machine's address and port 53. docs/operator/embedded.md leads there.`,
      };
    case 'listens-beside-53':
      return {
        cause: `It answers at ${listed(finding.places)}, and the world asks at port 53.`,
        remedy:
          'When you are ready, let it listen at port 53 (dns.listen), or forward that port to it. docs/operator/embedded.md says how.',
      };
    case 'nameserver-unnamed':
      return {
        cause: `No nameserver is named in dns.ns yet, so the zone names itself, ${zone}, at no address.`,
        remedy: `Name this machine in dns.ns, with its address behind it, such as: ns1.${zone.replace(/\.$/, '')} 192.0.2.53`,
      };
    case 'own-address-unknown':
      return {
        cause: `This nameserver is called ${finding.name}, and no address of that name is known.`,
        remedy:
          'Write its addresses behind its name in dns.ns, or see to its A and AAAA records in the zone where the name lives.',
      };
    case 'address-unreachable':
      return {
        cause: `Nobody gets through to this nameserver at ${finding.name} (${finding.address}) over ${finding.transport}: ${reasonWords(finding.reason)}.`,
        remedy:
          'See whether dns.listen has that address and port 53, and let UDP and TCP through firewall and router. Behind a router that does not let its own network in from outside, ask from elsewhere: dig @' +
          `${finding.address} ${zone} SOA`,
      };
    case 'address-of-another':
      return {
        cause: `At ${finding.address}, the address of ${finding.name}, somebody else answers than this service: ${finding.answer}.`,
        remedy: 'Correct the address in dns.ns, or see which other nameserver has that port.',
      };
  }
}

function explainDelegation(
  finding: HostedFindingOf<
    | 'parent-not-found'
    | 'parent-silent'
    | 'not-delegated'
    | 'delegated-elsewhere'
    | 'delegation-differs'
    | 'delegation-lame'
  >,
  zone: string,
): Explanation {
  switch (finding.code) {
    case 'parent-not-found':
      return {
        cause: `The zone above ${zone} could not be found: the resolver says ${finding.reason}.`,
        remedy: 'See to /etc/resolv.conf, or name another resolver for the check in dns.resolver.',
      };
    case 'parent-silent':
      return {
        cause: `The nameservers of the zone above, ${finding.parent}, could not be asked: ${finding.tried.join('; ')}.`,
        remedy: 'Try again later, or from a machine that may ask port 53 of the world.',
      };
    case 'not-delegated':
      return {
        cause: `The zone above, ${finding.parent}, does not delegate ${zone} yet, so the world does not find it.`,
        remedy: `Enter the records below there, by the form of your registrar or in the zone itself.`,
      };
    case 'delegated-elsewhere':
      return {
        cause: `The zone above, ${finding.parent}, delegates ${zone} to ${listed(finding.nameservers)}, none of which the zone names itself.`,
        remedy: 'Enter the records below there in their place; or correct dns.ns, if these are right.',
      };
    case 'delegation-differs':
      return {
        cause: `The zone above, ${finding.parent}, does not name the nameservers that the zone has: ${difference(finding.missing, finding.surplus)}.`,
        remedy: 'Make both say the same: the records below at the zone above, or dns.ns here.',
      };
    case 'delegation-lame':
      return {
        cause: `The zone above, ${finding.parent}, names ${placed(finding.name, finding.address)}, which does not serve ${zone}: ${finding.answer}.`,
        remedy: 'Take it out there; or make it a secondary, and name it in dns.ns as well.',
      };
  }
}

function explainGlue(finding: HostedFindingOf<'glue-missing' | 'glue-differs'>): Explanation {
  switch (finding.code) {
    case 'glue-missing':
      return {
        cause: `The zone above, ${finding.parent}, gives no address for ${finding.name}. Its name lies in the zone, so that nobody finds it without (glue).`,
        remedy:
          finding.addresses.length > 0
            ? `Enter it there too: ${finding.name} ${finding.addresses.join(' and ')}`
            : 'Write its addresses behind its name in dns.ns, and enter them there too.',
      };
    case 'glue-differs':
      return {
        cause: `The zone above, ${finding.parent}, says that ${finding.name} is at ${finding.given.join(' and ')} (glue), and the zone says ${finding.expected.join(' and ')}.`,
        remedy: 'Correct it there, or in dns.ns if that is where it is wrong.',
      };
  }
}

function explainSecondary(
  finding: HostedFindingOf<'secondary-behind' | 'secondary-silent' | 'secondary-lame' | 'secondary-without-address'>,
  zone: string,
): Explanation {
  switch (finding.code) {
    case 'secondary-behind':
      return {
        cause: `The secondary ${placed(finding.name, finding.address)} is ${finding.changes} ${finding.changes === 1 ? 'change' : 'changes'} behind: it has the serial ${finding.serial}, and we have ${finding.ownSerial}.`,
        remedy:
          'See whether it is told (its address behind its name in dns.ns, or in dns.notify), takes NOTIFY from this machine, and may transfer (dns.transfer_keys, dns.transfer_networks); its log says more.',
      };
    case 'secondary-silent':
      return {
        cause: `The secondary ${placed(finding.name, finding.address)} does not answer: ${reasonWords(finding.reason)}.`,
        remedy: 'Start it, let port 53 through to it, or take it out of dns.ns and dns.notify.',
      };
    case 'secondary-lame':
      return {
        cause: `The secondary ${placed(finding.name, finding.address)} does not serve ${zone}: ${finding.answer}.`,
        remedy: 'Set the zone up on it, with this machine as its primary, or take it out of dns.ns and dns.notify.',
      };
    case 'secondary-without-address':
      return {
        cause: `No address of the nameserver ${finding.name} could be found.`,
        remedy: 'Write its addresses behind its name in dns.ns, or take it out there.',
      };
  }
}

function listed(words: readonly string[]): string {
  return words.join(' and ');
}

function placed(name: string, address: string): string {
  return address === '' ? name : `${name} (${address})`;
}

function difference(missing: readonly string[], surplus: readonly string[]): string {
  const parts = [
    ...(missing.length > 0 ? [`${listed(missing)} ${missing.length === 1 ? 'is' : 'are'} missing there`] : []),
    ...(surplus.length > 0 ? [`${listed(surplus)} ${surplus.length === 1 ? 'is' : 'are'} there alone`] : []),
  ];
  return parts.join(', ');
}

function reasonWords(reason: string): string {
  if (reason === 'ECONNREFUSED') return 'it is refused (ECONNREFUSED), as where nothing listens';
  return reason === 'no answer'
    ? 'no answer comes, as when a firewall drops what is asked'
    : `the system says ${reason}`;
}

const mebibyte = 1024 * 1024;

/** `37 MiB`, `12.4 GiB` */
export function sizeWords(octets: number): string {
  const mebibytes = octets / mebibyte;
  return mebibytes < 1024 ? `${Math.floor(mebibytes)} MiB` : `${(mebibytes / 1024).toFixed(1)} GiB`;
}
