import { Type } from '../dns/codes.ts';
import type { ResourceRecord } from '../dns/message.ts';
import type { Name } from '../dns/name.ts';
import { addressText } from '../updates/address.ts';
import type { Questioner } from './questioner.ts';

/** Asks whoever knows about all names, for those of which the primary knows nothing; no addresses where there are none. */
export type ResolveAddresses = (name: Name) => Promise<readonly string[]>;

/** A zone has few nameservers with few addresses; what is beyond this is not looked at. */
const maxAddresses = 16;

/** The addresses of a name that an answer of the primary has mentioned. */
export async function findAddresses(
  questioner: Questioner,
  name: Name,
  additionals: readonly ResourceRecord[],
  resolveAddresses: ResolveAddresses,
): Promise<readonly string[]> {
  return (await findAllAddresses(questioner, [name], additionals, resolveAddresses)).get(name) ?? [];
}

/**
 * The addresses of several names, each as {@link findAddresses} finds them. The resolver is asked for all names at once, as
 * it may take long over one.
 */
export async function findAllAddresses(
  questioner: Questioner,
  names: readonly Name[],
  additionals: readonly ResourceRecord[],
  resolveAddresses: ResolveAddresses,
): Promise<ReadonlyMap<Name, readonly string[]>> {
  const said = new Map<Name, readonly string[]>();
  for (const name of names) said.set(name, await askForAddresses(questioner, name, additionals));
  const found = [...said].map(
    async ([name, addresses]) =>
      [name, addresses.length > 0 ? addresses : (await resolveAddresses(name)).slice(0, maxAddresses)] as const,
  );
  return new Map(await Promise.all(found));
}

/** What came along with the primary's answer, else what the primary says with authority. */
async function askForAddresses(
  questioner: Questioner,
  name: Name,
  additionals: readonly ResourceRecord[],
): Promise<readonly string[]> {
  const glue = addressesAt(name, additionals);
  if (glue.length > 0) return glue;
  return [...(await askPrimary(questioner, name, Type.A)), ...(await askPrimary(questioner, name, Type.AAAA))];
}

async function askPrimary(questioner: Questioner, name: Name, type: number): Promise<readonly string[]> {
  const answer = await questioner.query(name, type);
  if (answer.kind !== 'proven' || !answer.message.aa) return [];
  return addressesAt(name, answer.message.answers);
}

function addressesAt(name: Name, records: readonly ResourceRecord[]): string[] {
  const addresses = records.flatMap(({ name: owner, rdata }) =>
    owner.equals(name) && 'address' in rdata ? [addressText(rdata.address)] : [],
  );
  return addresses.slice(0, maxAddresses);
}
