import { isIPv4 } from 'node:net';

import type { Name } from '../../dns/name.ts';
import type { Endpoint } from '../../primary/rfc2136/connection.ts';
import type { Questioning } from '../plain-question.ts';
import { askSerial, isSerialAtLeast, type SerialAnswer } from '../serial-question.ts';
import type { HostedFinding } from './hosted-finding.ts';
import type { DescribedNameserver } from './hosted-zone-description.ts';
import { askBoth, placeText, type TransportAnswer } from './service-search.ts';

export interface ReachSubject {
  readonly zone: Name;
  /** Us, as the zone names us, with all addresses that are known. */
  readonly ourselves: DescribedNameserver;
  /** Where the service answers, whatever the world is told. */
  readonly place: Endpoint;
  readonly listen: readonly Endpoint[];
  readonly portAt: (address: string) => number;
  readonly questioning: Questioning;
}

/** How the world finds this nameserver. */
export interface Reach {
  /** Those of our addresses at which we answered, over UDP and TCP. */
  readonly reached: readonly string[];
  /** Whether nobody but this machine can ask, so that nothing else can be expected to be in order yet. */
  readonly isLocal: boolean;
  readonly findings: readonly HostedFinding[];
}

const worldPort = 53;

/** Asks at each address that the zone gives for us, as the world would, and sees whether it is we who answer. */
export async function examineReach(subject: ReachSubject): Promise<Reach> {
  const { zone, ourselves, listen, portAt, questioning, place } = subject;
  const name = ourselves.name.toString();
  const before = await askSerial(place, zone, questioning);
  const asked = await Promise.all(
    ourselves.addresses.map(async (address) => ({
      address,
      answers: (await askBoth({ address, port: portAt(address) }, zone, questioning)).answers,
    })),
  );
  const after = await askSerial(place, zone, questioning);
  const findings = asked.flatMap(({ address, answers }) => judge(name, address, answers, before, after));
  const reached = asked
    .map(({ address }) => address)
    .filter((address) => !findings.some((finding) => 'address' in finding && finding.address === address));
  if (reached.length > 0) return { reached, isLocal: false, findings };
  const isLocal = listen.every(({ address }) => isLoopback(address));
  const hints = [...listeningHints(listen, isLocal), ...addressHints(zone, ourselves)];
  // Where it is plain why nobody gets through, the addresses need not be told one by one; a stranger there is another matter.
  const others = hints.length > 0 ? findings.filter(({ code }) => code === 'address-of-another') : findings;
  return { reached, isLocal, findings: [...hints, ...others] };
}

function judge(
  name: string,
  address: string,
  answers: readonly TransportAnswer[],
  before: SerialAnswer,
  after: SerialAnswer,
): readonly HostedFinding[] {
  const stranger = answers.find(({ answer }) => answer.kind !== 'silent' && !isBetween(answer, before, after));
  if (stranger) return [{ code: 'address-of-another', name, address, answer: strangersWords(stranger.answer) }];
  const silent = answers.flatMap(({ transport, answer }) =>
    answer.kind === 'silent' ? [{ transport, reason: answer.reason }] : [],
  );
  const [first, second] = silent;
  if (!first) return [];
  const transport = second ? 'UDP and TCP' : first.transport;
  // A refusal says more than silence.
  const reason = silent.find((each) => each.reason !== 'no answer')?.reason ?? first.reason;
  return [{ code: 'address-unreachable', name, address, transport, reason }];
}

/** Our serial may rise while we ask. */
function isBetween(answer: SerialAnswer, before: SerialAnswer, after: SerialAnswer): boolean {
  if (answer.kind !== 'serial') return false;
  const isSince = before.kind !== 'serial' || isSerialAtLeast(answer.serial, before.serial);
  return isSince && (after.kind !== 'serial' || isSerialAtLeast(after.serial, answer.serial));
}

function strangersWords(answer: SerialAnswer): string {
  if (answer.kind === 'serial') return `it has the serial ${answer.serial}, which is not ours`;
  return answer.kind === 'lame' ? answer.answer : answer.reason;
}

function listeningHints(listen: readonly Endpoint[], isLocal: boolean): readonly HostedFinding[] {
  const places = listen.map(placeText);
  if (isLocal) return [{ code: 'listens-locally', places }];
  return listen.every(({ port }) => port !== worldPort) ? [{ code: 'listens-beside-53', places }] : [];
}

function addressHints(zone: Name, { name, addresses }: DescribedNameserver): readonly HostedFinding[] {
  if (addresses.length > 0) return [];
  return name.equals(zone)
    ? [{ code: 'nameserver-unnamed' }]
    : [{ code: 'own-address-unknown', name: name.toString() }];
}

function isLoopback(address: string): boolean {
  return isIPv4(address) ? address.startsWith('127.') : address === '::1';
}
