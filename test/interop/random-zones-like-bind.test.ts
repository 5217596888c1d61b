import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { parseType, rcodeName, Type, typeName } from '../../src/dns/codes.ts';
import { toOpt } from '../../src/dns/edns.ts';
import { decodeMessage, encodeMessage, makeQuery, type Message, type ResourceRecord } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import { rdataToText } from '../../src/dns/rdata.ts';
import { readRecords } from '../../src/dns/zonefile/read-zone.ts';
import { unpackRecords } from '../../src/zone/packed-records.ts';
import { resolve } from '../../src/zone/resolve.ts';
import { makes, startNameserver } from '../support/nameserver/primary-server.ts';
import { openTestNameserver } from '../support/open-nameserver.ts';
import { requirePeer } from '../support/peers.ts';
import { MemoryServedZone, MemoryServedZones } from '../support/served-zones.ts';
import { arbitraryZone, type RandomQuestion } from '../support/zone-arbitraries.ts';

const zoneCount = 40;
const questionsEach = 50;
const timeoutMs = 5_000;
const apex = [
  '$TTL 300',
  '@ IN SOA ns1 hostmaster 5 3600 600 1209600 60',
  '@ IN NS ns1',
  '@ IN NS ns.other.test.',
  'ns1 IN A 192.0.2.1',
];

function recordText({ name, type, ttl, rdata }: ResourceRecord): string {
  return `${name.toLowerCase().toString()} ${ttl} ${typeName(type)} ${rdataToText(rdata).toLowerCase()}`;
}

const sorted = (records: readonly ResourceRecord[]) => records.map(recordText).toSorted();

function isReferral({ answers, authorities }: Message): boolean {
  return answers.length === 0 && authorities.some(({ type }) => type === Type.NS);
}

/** Glue that has to be there (RFC 9471 §3): addresses of nameservers at or below the cut. */
function glueOf(message: Message): string[] {
  const cut = message.authorities.find(({ type }) => type === Type.NS)?.name;
  if (cut === undefined || !isReferral(message)) return [];
  return sorted(message.additionals.filter(({ name, type }) => type !== Type.OPT && name.isAtOrBelow(cut)));
}

/** What both have to say alike. Of an answer that BIND cuts short, which packs names less tightly, the head alone. */
function said(message: Message, isCut: boolean): unknown {
  const { rcode, aa, tc, answers, authorities } = message;
  const head = { rcode: rcodeName(rcode), aa };
  return isCut
    ? head
    : { ...head, tc, answers: sorted(answers), authorities: sorted(authorities), glue: glueOf(message) };
}

function queryFor({ name, type, udpPayloadSize }: RandomQuestion, zone: string): Message {
  const question = { id: 1, name: Name.parse(name === '' ? zone : `${name}.${zone}`), type: parseType(type)! };
  const query = makeQuery(question);
  if (udpPayloadSize === undefined) return query;
  const opt = toOpt({ udpPayloadSize, version: 0, dnssecOk: false, extendedRcode: 0, options: [] });
  return { ...query, additionals: [opt] };
}

/** RFC 9471 §3.1 wants TC where glue is left out; BIND is content with a part of it. */
function hasPartOfGlue(message: Message, { zone }: MemoryServedZone): boolean {
  const [question] = message.questions;
  const { result } = resolve(zone, question!.name.key, question!.type);
  if (result.kind !== 'referral') return false;
  return glueOf(message).length < result.glue.flatMap(({ records }) => unpackRecords(records)).length;
}

class Asker implements Disposable {
  readonly #socket: Socket = createSocket('udp4');
  #id = 0;

  async ask(port: number, query: Message): Promise<Message> {
    this.#id = (this.#id + 1) & 0xffff;
    const arrival = Promise.withResolvers<Buffer>();
    const deadline = setTimeout(() => arrival.reject(new Error('no answer came')), timeoutMs);
    this.#socket.once('message', arrival.resolve);
    this.#socket.send(encodeMessage({ ...query, id: this.#id }), port, '127.0.0.1');
    const answer = decodeMessage(await arrival.promise);
    clearTimeout(deadline);
    assert.equal(answer.id, this.#id);
    return answer;
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}

test(`BIND and we answer alike, ${zoneCount * questionsEach} questions about ${zoneCount} random zones`, async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  const samples = fc.sample(arbitraryZone(questionsEach), { numRuns: zoneCount, seed: 1034 });
  const zones = samples.map(({ lines, questions }, index) => {
    return { name: `z${index}.example.`, lines: [...apex, ...lines], questions };
  });
  await using bind = await startNameserver('bind', {
    zones: zones.map(({ name, lines }) => ({ name: name.slice(0, -1), records: lines })),
    bindOptions:
      'minimal-responses yes; zero-no-soa-ttl no; check-integrity no; check-names primary ignore; max-udp-size 1232;',
  });
  const served = zones.map(({ name, lines }) => {
    const origin = Name.parse(name);
    const read = readRecords(lines.join('\n'), { origin });
    assert.ok(read.kind === 'records', JSON.stringify(read));
    return new MemoryServedZone({ origin, records: read.records });
  });
  await using ours = await openTestNameserver({ zones: new MemoryServedZones(served) });
  using asker = new Asker();
  const tally: Record<string, number> = {};
  const differences: unknown[] = [];
  for (const [index, { name, lines, questions }] of zones.entries())
    for (const question of questions) {
      const query = queryFor(question, name);
      const theirs = await asker.ask(bind.port, query);
      const mine = await asker.ask(ours.port, query);
      const kind = isReferral(mine) ? 'referral' : mine.tc ? 'cut short' : rcodeName(mine.rcode);
      tally[kind] = (tally[kind] ?? 0) + 1;
      if (mine.tc && hasPartOfGlue(theirs, served[index]!)) continue;
      const [wanted, given] = [said(theirs, theirs.tc), said(mine, theirs.tc)];
      try {
        assert.deepEqual(given, wanted);
      } catch {
        differences.push({ question, zone: lines, theirs: wanted, ours: given });
      }
    }
  t.diagnostic(JSON.stringify(tally));
  assert.deepEqual(differences.slice(0, 5), []);
  for (const kind of ['NOERROR', 'NXDOMAIN', 'SERVFAIL', 'referral', 'cut short'])
    assert.ok((tally[kind] ?? 0) > 0, kind);
});
