import type { SeededRandom } from './random.ts';

/** What a mutation may draw on besides the input. */
export interface MutationMaterial {
  readonly random: SeededRandom;
  /** Inputs that reached something new, of which parts may be spliced in. */
  readonly corpus: readonly Uint8Array[];
  /** Octets that mean something to the target: a pointer, a record's fixed fields. */
  readonly dictionary: readonly Uint8Array[];
  readonly maxOctets: number;
}

/** Octets at the edges of what DNS fields distinguish: label lengths, label types, pointers, counts. */
const interestingOctets = [0, 1, 2, 5, 12, 0x3f, 0x40, 0x7f, 0x80, 0xbf, 0xc0, 0xfa, 0xfe, 0xff];

type Mutation = (input: Uint8Array, material: MutationMaterial) => Uint8Array;

const mutations: readonly Mutation[] = [
  flipBit,
  setOctet,
  setInterestingOctet,
  addToOctet,
  insertDictionary,
  overwriteWithDictionary,
  removeRange,
  repeatRange,
  spliceFromCorpus,
  truncate,
];

const maxStackedMutations = 6;

/** A copy of the input with one to six mutations, mostly few, at most `maxOctets` long. */
export function mutate(input: Uint8Array, material: MutationMaterial): Uint8Array {
  const { random } = material;
  let octets = input;
  for (let left = 1 + random.below(1 + random.below(maxStackedMutations)); left > 0; left -= 1) {
    octets = random.pick(mutations)(octets, material);
  }
  return octets.length > material.maxOctets ? octets.slice(0, material.maxOctets) : octets;
}

function changedAt(input: Uint8Array, { random }: MutationMaterial, change: (octet: number) => number): Uint8Array {
  if (input.length === 0) return input;
  const octets = Uint8Array.from(input);
  const at = random.below(octets.length);
  octets[at] = change(octets[at]!);
  return octets;
}

function flipBit(input: Uint8Array, material: MutationMaterial): Uint8Array {
  return changedAt(input, material, (octet) => octet ^ (1 << material.random.below(8)));
}

function setOctet(input: Uint8Array, material: MutationMaterial): Uint8Array {
  return changedAt(input, material, () => material.random.below(256));
}

function setInterestingOctet(input: Uint8Array, material: MutationMaterial): Uint8Array {
  return changedAt(input, material, () => material.random.pick(interestingOctets));
}

function addToOctet(input: Uint8Array, material: MutationMaterial): Uint8Array {
  return changedAt(input, material, (octet) => octet + material.random.below(9) - 4);
}

function insertDictionary(input: Uint8Array, { random, dictionary }: MutationMaterial): Uint8Array {
  const at = random.below(input.length + 1);
  return joined(input.subarray(0, at), random.pick(dictionary), input.subarray(at));
}

function overwriteWithDictionary(input: Uint8Array, { random, dictionary }: MutationMaterial): Uint8Array {
  const token = random.pick(dictionary);
  const at = random.below(input.length + 1);
  return joined(input.subarray(0, at), token, input.subarray(Math.min(input.length, at + token.length)));
}

function removeRange(input: Uint8Array, { random }: MutationMaterial): Uint8Array {
  const [from, to] = range(input, random);
  return joined(input.subarray(0, from), input.subarray(to));
}

function repeatRange(input: Uint8Array, { random }: MutationMaterial): Uint8Array {
  const [from, to] = range(input, random);
  return joined(input.subarray(0, to), input.subarray(from));
}

function spliceFromCorpus(input: Uint8Array, { random, corpus }: MutationMaterial): Uint8Array {
  const other = random.pick(corpus);
  const [from, to] = range(other, random);
  const at = random.below(input.length + 1);
  return joined(input.subarray(0, at), other.subarray(from, to), input.subarray(at));
}

function truncate(input: Uint8Array, { random }: MutationMaterial): Uint8Array {
  return input.slice(0, random.below(input.length + 1));
}

/** Mostly a short range: a field or a record, not half of the message. */
function range(octets: Uint8Array, random: SeededRandom): [from: number, to: number] {
  const from = random.below(octets.length + 1);
  return [from, Math.min(octets.length, from + 1 + random.below(random.below(4) === 0 ? 200 : 16))];
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const octets = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    octets.set(part, offset);
    offset += part.length;
  }
  return octets;
}
