import { Type } from '../../dns/codes.ts';
import type { Name } from '../../dns/name.ts';
import type { Endpoint } from '../../primary/rfc2136/connection.ts';
import { askOverTcp, askOverUdp, type Questioning } from '../plain-question.ts';
import { isSerialAtLeast, judgeSerialAnswer, type SerialAnswer } from '../serial-question.ts';
import type { HostedFinding, Transport } from './hosted-finding.ts';

/** How the service was found. */
export interface ServiceFound {
  /** Where it answers; undefined where it does not. */
  readonly place: Endpoint | undefined;
  readonly findings: readonly HostedFinding[];
}

export interface ServiceSearch {
  readonly zone: Name;
  /** Where it should listen. */
  readonly listen: readonly Endpoint[];
  /** Where it may be found as well: systemd can hand it other sockets than the configuration names. */
  readonly advertised: readonly Endpoint[];
  /** As the database had it before; undefined where it did not have the zone. */
  readonly storedSerial: number | undefined;
  /** As the database has it now. */
  readonly readSerial: () => Promise<number | undefined>;
  readonly questioning: Questioning;
}

/**
 * Looks for the running service by asking for the zone's SOA, over UDP and TCP, where it listens.
 *
 * That it is ours, and not another nameserver's, shows by the serial: the service serves what it has stored and nothing else, so
 * it lies between what the database had before the question and what it has after the answer.
 */
export async function findService(search: ServiceSearch): Promise<ServiceFound> {
  const listening = await findAt(search.listen.map(askable), search);
  if (listening.place || listening.findings.some(({ code }) => code !== 'service-not-running')) return listening;
  const elsewhere = await findAt(search.advertised, search);
  return elsewhere.place ? elsewhere : listening;
}

/** One listens on all addresses, and asks one of them. */
function askable({ address, port }: Endpoint): Endpoint {
  if (address === '0.0.0.0') return { address: '127.0.0.1', port };
  return address === '::' ? { address: '::1', port } : { address, port };
}

async function findAt(places: readonly Endpoint[], search: ServiceSearch): Promise<ServiceFound> {
  const { zone, questioning, storedSerial, readSerial } = search;
  // Which port the system has chosen for 0, nobody knows but the service.
  const known = places.filter(({ port }) => port !== 0);
  const asked = await Promise.all(known.map(async (place) => await askBoth(place, zone, questioning)));
  const answering = asked
    // Whoever answers over both is asked all that follows, lest every question wait for a firewall first.
    .toSorted((a, b) => silences(a).length - silences(b).length)
    .flatMap(({ place, answers }) =>
      answers.flatMap(({ answer }) => (answer.kind === 'silent' ? [] : [{ place, answer }])),
    );
  const serving = answering.find(({ answer }) => answer.kind === 'serial');
  if (serving?.answer.kind === 'serial') {
    const { serial } = serving.answer;
    const newest = await readSerial();
    if (storedSerial !== undefined && newest !== undefined) {
      const isOurs = isSerialAtLeast(serial, storedSerial) && isSerialAtLeast(newest, serial);
      if (!isOurs)
        return notOurs({ code: 'service-of-another', place: placeText(serving.place), serial, storedSerial: newest });
    }
    // What the world is told of comes to light when that is tried.
    const unadvertised = asked.filter(
      ({ place }) => !search.advertised.some((each) => placeText(each) === placeText(place)),
    );
    return { place: serving.place, findings: unadvertised.flatMap(silences) };
  }
  const lame = answering[0];
  if (lame?.answer.kind === 'lame')
    return notOurs({ code: 'service-lacks-zone', place: placeText(lame.place), answer: lame.answer.answer });
  return notOurs({ code: 'service-not-running', places: places.map(placeText) });
}

function notOurs(finding: HostedFinding): ServiceFound {
  return { place: undefined, findings: [finding] };
}

interface Asked {
  readonly place: Endpoint;
  readonly answers: readonly TransportAnswer[];
}

export interface TransportAnswer {
  readonly transport: Transport;
  readonly answer: SerialAnswer;
}

/** Asks for the zone's serial over both, at the same time. */
export async function askBoth(place: Endpoint, zone: Name, questioning: Questioning): Promise<Asked> {
  const question = { name: zone, type: Type.SOA };
  const [udp, tcp] = await Promise.all([
    askOverUdp(place, question, questioning),
    askOverTcp(place, question, questioning),
  ]);
  return {
    place,
    answers: [
      { transport: 'UDP', answer: judgeSerialAnswer(udp, zone) },
      { transport: 'TCP', answer: judgeSerialAnswer(tcp, zone) },
    ],
  };
}

function silences({ place, answers }: Asked): readonly HostedFinding[] {
  return answers.flatMap(({ transport, answer }): HostedFinding[] =>
    answer.kind === 'silent'
      ? [{ code: 'listener-silent', place: placeText(place), transport, reason: answer.reason }]
      : [],
  );
}

export function placeText({ address, port }: Endpoint): string {
  return port === 0 ? `${address}, at a port that the system chooses` : `${address} port ${port}`;
}
