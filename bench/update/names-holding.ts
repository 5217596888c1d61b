import { dig } from '../../test/support/dig.ts';
import type { ZoneUnderLoad } from './arena.ts';
import { addressNumber, changingPrefix } from './numbered-names.ts';

/** How many of the names that change hold one of these addresses, by the word of a zone transfer. */
export async function namesHolding(
  { zone, dnsPort, key }: Pick<ZoneUnderLoad, 'zone' | 'dnsPort' | 'key'>,
  firstNumber: number,
  count: number,
): Promise<number> {
  const { answers, text } = await dig({ port: dnsPort, name: zone, type: 'AXFR', tcp: true, key });
  if (answers.length === 0) throw new Error(`the zone could not be transferred; dig said:\n${text}`);
  return answers.filter(({ name, type, value }) => {
    if (type !== 'A' || !name.startsWith(changingPrefix)) return false;
    const number = addressNumber(value);
    return number >= firstNumber && number < firstNumber + count;
  }).length;
}
