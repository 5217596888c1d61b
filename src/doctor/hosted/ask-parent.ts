import { Type } from '../../dns/codes.ts';
import type { Name } from '../../dns/name.ts';
import { askPlainly, type Questioning } from '../plain-question.ts';
import type { WorldResolver } from '../system-resolver.ts';
import { readReferral, type Referral } from './referral.ts';

/** What the zone above says of ours. */
export type ParentsWord =
  /** What its nameservers say, those that say something; they should agree. */
  | { readonly kind: 'told'; readonly parent: Name; readonly referrals: readonly Exclude<Referral, { kind: 'odd' }>[] }
  /** None of its nameservers says anything of use; `tried` has what each of them did. */
  | { readonly kind: 'silent'; readonly parent: Name; readonly tried: readonly string[] }
  | { readonly kind: 'not-found'; readonly reason: string };

export interface ParentTools extends WorldResolver {
  /** The port that a nameserver answers at: 53, save in tests. */
  readonly nameserverPort: (name: string, address: string) => number;
  readonly questioning: Questioning;
}

/** A zone has up to 13 nameservers with two addresses each; a few of them are as good as all. */
const maxNameservers = 4;
const maxPlaces = 8;

/** Finds the zone above, which is not always one label up, and asks its nameservers which ones it names for ours. */
export async function askParent(zone: Name, tools: ParentTools): Promise<ParentsWord> {
  const found = await findParent(zone, tools);
  if (found.kind === 'not-found') return found;
  const { parent, nameservers } = found;
  const places = await findPlaces(nameservers, tools);
  if (places.length === 0)
    return { kind: 'silent', parent, tried: nameservers.map((name) => `${name.toString()} has no address`) };
  const answers = await Promise.all(places.map(async (place) => await askPlace(place, zone, tools)));
  const referrals = answers.flatMap(({ referral }) => (referral.kind === 'odd' ? [] : [referral]));
  if (referrals.length > 0) return { kind: 'told', parent, referrals };
  return { kind: 'silent', parent, tried: answers.flatMap(({ words, referral }) => oddity(words, referral)) };
}

type Found =
  | { readonly kind: 'found'; readonly parent: Name; readonly nameservers: readonly Name[] }
  | { readonly kind: 'not-found'; readonly reason: string };

async function findParent(zone: Name, { findNameservers }: ParentTools): Promise<Found> {
  for (let above = zone.parent(); above; above = above.parent()) {
    const found = await findNameservers(above);
    if (found.kind === 'names') return { kind: 'found', parent: above, nameservers: found.names };
    if (found.kind === 'failed') return { kind: 'not-found', reason: found.reason };
  }
  return { kind: 'not-found', reason: 'it knows no zone above, not even the root' };
}

interface Place {
  readonly name: string;
  readonly address: string;
}

async function findPlaces(names: readonly Name[], { resolveAddresses }: ParentTools): Promise<readonly Place[]> {
  const places = await Promise.all(
    names.slice(0, maxNameservers).map(async (name) => {
      const addresses = await resolveAddresses(name);
      return addresses.map((address) => ({ name: name.toString(), address }));
    }),
  );
  return places.flat().slice(0, maxPlaces);
}

async function askPlace(
  { name, address }: Place,
  zone: Name,
  { nameserverPort, questioning }: ParentTools,
): Promise<{ readonly words: string; readonly referral: Referral }> {
  const port = nameserverPort(name, address);
  const answer = await askPlainly({ address, port }, { name: zone, type: Type.NS }, questioning);
  const words = `${name} (${address})`;
  switch (answer.kind) {
    case 'told':
      return { words, referral: readReferral(answer.message, zone) };
    case 'not-dns':
      return { words, referral: { kind: 'odd', answer: `it seems to be ${answer.peer}` } };
    case 'silent':
      return { words, referral: { kind: 'odd', answer: answer.reason } };
  }
}

function oddity(words: string, referral: Referral): readonly string[] {
  return referral.kind === 'odd' ? [`${words}: ${referral.answer}`] : [];
}
