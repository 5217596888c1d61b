import { Type, typeName } from '../../dns/codes.ts';
import { Name } from '../../dns/name.ts';
import type { Rdata } from '../../dns/rdata.ts';
import { readZonefile } from '../../dns/zonefile/read-zonefile.ts';
import { judgeAddress, parseAddress } from '../../updates/address.ts';
import type { Mistake } from './problem.ts';

/** Values of one type as people write them, or what is wrong with each that is none. */
export type ReadValues =
  | { readonly kind: 'values'; readonly rdatas: readonly Rdata[] }
  | { readonly kind: 'wrong'; readonly mistakes: readonly Mistake[] };

type ReadValue =
  | { readonly kind: 'value'; readonly rdata: Rdata }
  | { readonly kind: 'wrong'; readonly detail: string };

/** @param pointer  where the values are in the body */
export function readValues(type: number, texts: readonly string[], pointer: string): ReadValues {
  const rdatas: Rdata[] = [];
  const mistakes: Mistake[] = [];
  for (const [index, text] of texts.entries()) {
    const value = readValue(type, text);
    if (value.kind === 'value') rdatas.push(value.rdata);
    else mistakes.push({ pointer: `${pointer}/${index}`, detail: value.detail });
  }
  return mistakes.length > 0 ? { kind: 'wrong', mistakes } : { kind: 'values', rdatas };
}

function readValue(type: number, text: string): ReadValue {
  if (type === Type.A) return readAddress(text, 4);
  if (type === Type.AAAA) return readAddress(text, 6);
  // Two words of a zone file are two strings of one TXT record, which programs read without the space between them.
  if (type === Type.TXT && !text.trimStart().startsWith('"') && /\s/.test(text))
    return wrong('put it in quotes: "a text with spaces"');
  return readText(type, text);
}

export function readAddress(text: string, family: 4 | 6): ReadValue {
  const address = parseAddress(text);
  if (address?.family !== family) return wrong(`it is no IPv${family} address`);
  const verdict = judgeAddress(address, 'explicit');
  if (verdict.kind === 'refused') return wrong(`the address cannot be used: ${verdict.reason}`);
  return { kind: 'value', rdata: { kind: family === 4 ? 'A' : 'AAAA', address: address.octets } };
}

/** As the data of a record in a zone file (RFC 1035 §5.1), on one line; names are absolute, with or without the dot. */
function readText(type: number, text: string): ReadValue {
  if (/[\r\n]/.test(text)) return wrong('it has more than one line');
  const options = { origin: Name.root, maxMistakes: 1 };
  const [first, ...others] = readZonefile(`@ 0 IN ${typeName(type)} ${text}`, options);
  if (first?.kind === 'record' && others.length === 0) return { kind: 'value', rdata: first.record.rdata };
  if (first?.kind === 'mistake') return wrong(`${first.mistake.wrong}. ${first.mistake.remedy}`);
  return wrong(`it is no data of a ${typeName(type)} record`);
}

function wrong(detail: string): { readonly kind: 'wrong'; readonly detail: string } {
  return { kind: 'wrong', detail };
}
