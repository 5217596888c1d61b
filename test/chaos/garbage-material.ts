import { corpusFolder, readInputs } from '../../fuzz/corpus.ts';
import { mutate, type MutationMaterial } from '../../fuzz/mutate.ts';
import { SeededRandom } from '../../fuzz/random.ts';
import { respondTarget } from '../../fuzz/targets/respond.ts';
import { Class, Opcode, Type } from '../../src/dns/codes.ts';
import { toOpt } from '../../src/dns/edns.ts';
import { encodeMessage, headerOctets, makeQuery, type Message, type ResourceRecord } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import { signRequest, type TsigKey } from '../../src/dns/tsig.ts';
import { encodeUpdate, type Prerequisite, type UpdateOperation } from '../../src/dns/update.ts';
import { plainEdns } from '../support/ask.ts';
import { parseRecordLines } from '../support/record-lines.ts';

/** The zone that the corpus of the fuzzer is about: what is not signed must not change it. */
export const settledZone = 'example';
/** A zone for whatever a proper signature may bring about. */
export const scratchZone = 'scratch';
/** In no message of the corpus: what is asked about it is meant, and counted by itself where answers are limited. */
export const wellFormedName = `meant.${settledZone}`;
export const wellFormedAddress = '192.0.2.99';

/** Each zone has a key of its own. */
export const keys: Readonly<Record<typeof settledZone | typeof scratchZone, TsigKey>> = {
  [settledZone]: { name: Name.parse('k'), algorithm: 'hmac-sha256', secret: new Uint8Array(32).fill(1) },
  [scratchZone]: { name: Name.parse('s'), algorithm: 'hmac-sha256', secret: new Uint8Array(32).fill(2) },
};

const maxOctets = 1400;
/** Of a hundred messages: how many are signed after they were mutated, by either key. */
const signedForScratch = 4;
const signedForSettled = 4;
const additions = 3;

/** Endless requests of every kind, each with a few octets changed. Equal seeds make equal ones, save for the time in signatures. */
export function* garbage(seed: number): Generator<Uint8Array, never, undefined> {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const plain = plainRequests();
  const corpus = [
    ...['respond', 'message', 'tsig'].flatMap((name) => readInputs(corpusFolder, name)).map(({ octets }) => octets),
    ...plain,
    ...signedRequests(nowSeconds),
  ];
  const random = new SeededRandom(seed);
  const material: MutationMaterial = { random, corpus, dictionary: respondTarget.dictionary, maxOctets };
  for (;;) {
    const choice = random.below(100);
    const garble = random.below(2) === 0 ? mutate : nudge;
    if (choice >= signedForScratch + signedForSettled) yield garble(random.pick(corpus), material);
    else yield signedAfterwards(nudge(random.pick(plain), material), choice < signedForScratch, nowSeconds, material);
  }
}

/** One octet or two are others, mostly behind the header, so that what is wrong is found late or not at all. */
function nudge(input: Uint8Array, { random }: MutationMaterial): Uint8Array {
  if (input.length <= headerOctets) return input;
  const octets = Uint8Array.from(input);
  for (let left = 1 + random.below(2); left > 0; left -= 1) {
    const from = random.below(8) === 0 ? 0 : headerOctets;
    octets[from + random.below(octets.length - from)] = random.below(256);
  }
  return octets;
}

/** So that it is not the signature that keeps it from being looked into. An UPDATE is never signed for the zone that is to stay as it is. */
function signedAfterwards(
  wire: Uint8Array,
  isForScratch: boolean,
  nowSeconds: number,
  { random }: MutationMaterial,
): Uint8Array {
  if (wire.length < headerOctets) return wire;
  const opcode = (wire[2]! >>> 3) & 0xf;
  const zone = isForScratch || opcode === Opcode.UPDATE ? scratchZone : settledZone;
  return signRequest(wire, keys[zone], nowSeconds - random.below(60)).wire;
}

function plainRequests(): readonly Uint8Array[] {
  const query = (name: string, type: number, more: Partial<Message> = {}) =>
    encodeMessage({ ...makeQuery({ id: 4711, name: Name.parse(name), type }), ...more });
  const [soa] = parseRecordLines([`${settledZone} SOA 1`]) as [ResourceRecord];
  const cookie = { code: 10, data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
  const withCookie = { additionals: [toOpt({ ...plainEdns, options: [cookie] })] };
  return [settledZone, scratchZone].flatMap((zone) => [
    query(`w.${zone}`, Type.A),
    query(`w.${zone}`, Type.A, { additionals: [toOpt(plainEdns)] }),
    query(`b.${zone}`, Type.TXT, withCookie),
    query(`x.d.${zone}`, Type.ANY, withCookie),
    query(zone, Type.AXFR),
    query(zone, Type.IXFR, { authorities: [{ ...soa, name: Name.parse(zone) }] }),
    query(zone, Type.SOA, { opcode: Opcode.NOTIFY, aa: true, answers: [{ ...soa, name: Name.parse(zone) }] }),
    update(zone, [], operations(zone)),
    update(zone, [{ kind: 'name-in-use', name: Name.parse(`w.${zone}`) }], operations(zone)),
    update(zone, prerequisites(zone), operations(zone)),
  ]);
}

/** As they are, none of them changes the zone that is to stay as it is. */
function signedRequests(nowSeconds: number): readonly Uint8Array[] {
  const never: Prerequisite = { kind: 'name-not-in-use', name: Name.parse(`w.${settledZone}`) };
  const requests = [
    update(settledZone, [never], operations(settledZone)),
    update(settledZone, [...prerequisites(settledZone), never], operations(settledZone)),
    ...plainRequests().filter((wire) => ((wire[2]! >>> 3) & 0xf) !== Opcode.UPDATE),
  ];
  return requests.map((wire) => signRequest(wire, keys[settledZone], nowSeconds).wire);
}

function update(zone: string, conditions: readonly Prerequisite[], changes: readonly UpdateOperation[]): Uint8Array {
  return encodeUpdate({
    id: 4711,
    zone: Name.parse(zone),
    zoneClass: Class.IN,
    prerequisites: conditions,
    operations: changes,
  });
}

function prerequisites(zone: string): readonly Prerequisite[] {
  const name = Name.parse(`w.${zone}`);
  const [record] = parseRecordLines([`w.${zone} A 192.0.2.1`]) as [ResourceRecord];
  return [
    { kind: 'rrset-exists', name, type: Type.A },
    { kind: 'rrset-exists-exactly', name, type: Type.A, rdatas: [record.rdata] },
    { kind: 'rrset-absent', name, type: Type.MX },
  ];
}

function operations(zone: string): readonly UpdateOperation[] {
  const name = Name.parse(`u.${zone}`);
  const added = parseRecordLines([
    ...Array.from({ length: additions }, (_, index) => `u${index}.${zone} A 192.0.2.${index}`),
    `u.${zone} TXT some text`,
    `u.${zone} MX 10 w.${zone}`,
    `v.${zone} CNAME w.${zone}`,
    `v6.${zone} AAAA 2001:db8::1`,
  ]);
  return [
    { kind: 'delete-rrset', name, type: Type.A },
    { kind: 'delete-name', name: Name.parse(`gone.${zone}`) },
    ...added.map(({ name: owner, type, ttl, rdata }) => ({ kind: 'add', name: owner, type, ttl, rdata }) as const),
    { kind: 'delete-record', name, type: Type.A, rdata: added[0]!.rdata },
  ];
}
