import { Type } from '../dns/codes.ts';
import type { ResourceRecord } from '../dns/message.ts';
import type { Name } from '../dns/name.ts';
import { addressText } from '../updates/address.ts';
import type { Questioner } from './questioner.ts';

/** Asks whoever knows about all names, for those of which the primary knows nothing; no addresses where there are none. */
export type ResolveAddresses = (name: Name) => Promise<readonly string[]>;

/** A zone has few nameservers with few addresses; what is beyond this is not looked at. */
const maxAddresses = 16;

/**
 * The addresses of a nameserver's name: those that came along with the primary's answer, else what the primary says with
 * authority, else what the resolver says.
 *
 * @param additionals  of the answer that named it
 */
export async function findAddresses(
  questioner: Questioner,
  name: Name,
  additionals: readonly ResourceRecord[],
  resolveAddresses: ResolveAddresses,
): Promise<readonly string[]> {
  const glue = addressesAt(name, additionals);
  if (glue.length > 0) return glue;
  const said = [...(await askPrimary(questioner, name, Type.A)), ...(await askPrimary(questioner, name, Type.AAAA))];
  return (said.length > 0 ? said : await resolveAddresses(name)).slice(0, maxAddresses);
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
