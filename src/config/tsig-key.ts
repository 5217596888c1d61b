import type { Name } from '../dns/name.ts';
import { parseTsigAlgorithm, type TsigAlgorithm, type TsigKey, weakAlgorithms } from '../dns/tsig.ts';
import { decodeBase64 } from './base64.ts';
import { type FieldValues, keyPosition } from './fields.ts';
import { parseKeyFile, type WrittenKey } from './key-file.ts';
import { type keyFields, parseKeyName, tsigAlgorithms } from './schema.ts';
import { isHarmless } from './quoted.ts';
import { readSecretFile, type SecretContext } from './secret-file.ts';
import type { YamlMapping } from './yaml-tree.ts';

/** The keys that a key is made of; the zone's name stands in for the key's. */
type ZoneValues = FieldValues<typeof keyFields> & { readonly name?: Name };

/** The original knew no other, and named the key like its zone. */
const defaultAlgorithm: TsigAlgorithm = 'hmac-sha512';

/**
 * The key that signs for a zone, whole, or undefined after telling which half of it is missing or wrong.
 *
 * @param whenAbsent  what is wrong with no key at all; undefined where that is right
 */
export async function readTsigKey(
  zone: YamlMapping,
  values: ZoneValues,
  context: SecretContext,
  whenAbsent: string | undefined,
): Promise<TsigKey | undefined> {
  refuseHalves(zone, whenAbsent, context);
  const key = values.tsig_key_file === undefined ? inlineKey(zone, values) : await keyOfFile(zone, values, context);
  if (key && weakAlgorithms.has(key.algorithm)) {
    const { line, column } = zone.position;
    const where = `${context.file}:${line}:${column}`;
    const zoneName = values.name ? `the zone ${values.name.toString()}` : `the key ${key.name.toString()}`;
    context.warnings.push(
      `${where}: ${zoneName} signs with ${key.algorithm}, which is too weak today; make a new key, such as with tsig-keygen -a hmac-sha256`,
    );
  }
  return key;
}

function refuseHalves(zone: YamlMapping, whenAbsent: string | undefined, { problems }: SecretContext): void {
  const has = (key: string): boolean => zone.entries.has(key);
  if (has('tsig_key') && has('tsig_key_file')) {
    problems.add(keyPosition(zone, 'tsig_key_file'), 'tsig_key and tsig_key_file are both here; keep one of the two');
    return;
  }
  if (has('tsig_key') || has('tsig_key_file')) return;
  const halves = ['tsig_key_name', 'tsig_algorithm'].filter(has);
  for (const half of halves) {
    problems.add(keyPosition(zone, half), `${half} is here without a key; add tsig_key or tsig_key_file`);
  }
  if (halves.length === 0 && whenAbsent !== undefined) problems.add(zone.position, whenAbsent);
}

function inlineKey(zone: YamlMapping, values: ZoneValues): TsigKey | undefined {
  const name = values.tsig_key_name ?? values.name;
  const isWrong = (key: keyof ZoneValues): boolean => zone.entries.has(key) && values[key] === undefined;
  if (!name || !values.tsig_key || isWrong('tsig_key_name') || isWrong('tsig_algorithm')) return undefined;
  return { name, algorithm: values.tsig_algorithm ?? defaultAlgorithm, secret: values.tsig_key };
}

async function keyOfFile(zone: YamlMapping, values: ZoneValues, context: SecretContext): Promise<TsigKey | undefined> {
  const { problems } = context;
  const position = zone.entries.get('tsig_key_file')?.value.position ?? zone.position;
  const file = await readSecretFile(values.tsig_key_file ?? '', position, context);
  if (!file) return undefined;
  const parsed = parseKeyFile(file.text);
  switch (parsed.kind) {
    case 'invalid':
      problems.addTo(file.path, parsed.position, parsed.message, position);
      return undefined;
    case 'bare': {
      const secret = decodeBase64(parsed.secret);
      if (secret) return inlineKey(zone, { ...values, tsig_key: secret });
      problems.addTo(file.path, undefined, `the key is not base64; ${copyKey}`, position);
      return undefined;
    }
    case 'keys': {
      const choice = chooseKey(parsed.keys, values);
      if (typeof choice !== 'string') return keyAsWritten(choice, file.path, zone, values, context);
      problems.add(position, `${file.path} ${choice}`);
      return undefined;
    }
  }
}

const copyKey = 'copy it as tsig-keygen printed it';

/** The key of the name that is asked for, else the zone's own, else the only one; a sentence where there is none. */
function chooseKey(keys: readonly WrittenKey[], values: ZoneValues): WrittenKey | string {
  const named = (name: Name | undefined): WrittenKey | undefined =>
    name && keys.find((key) => parseKeyName(key.name)?.equals(name));
  const known = keys.map(({ name }) => name).join(', ');
  if (values.tsig_key_name) {
    const wanted = values.tsig_key_name.toString();
    const shown = isHarmless(wanted.slice(0, -1)) ? wanted : 'of the name in tsig_key_name';
    return named(values.tsig_key_name) ?? `holds no key ${shown}; it holds ${known}`;
  }
  const only = keys.length === 1 ? keys[0] : undefined;
  return named(values.name) ?? only ?? `holds several keys; name one of them in tsig_key_name: ${known}`;
}

function keyAsWritten(
  written: WrittenKey,
  path: string,
  zone: YamlMapping,
  values: ZoneValues,
  { problems }: SecretContext,
): TsigKey | undefined {
  const name = parseKeyName(written.name);
  const algorithm = parseTsigAlgorithm(written.algorithm);
  const secret = decodeBase64(written.secret.replaceAll(/\s/g, ''));
  const namedAt = zone.entries.get('tsig_key_file')?.value.position ?? zone.position;
  const tell = (mistake: string): undefined => problems.addTo(path, written.position, mistake, namedAt);
  if (!name) tell('the name of this key is no domain name; write it as the nameserver knows it');
  if (!algorithm) tell(`the algorithm of this key is not known; it is one of ${tsigAlgorithms.join(', ')}`);
  if (!secret) tell(`the secret of this key is not base64; ${copyKey}`);
  if (algorithm && values.tsig_algorithm && algorithm !== values.tsig_algorithm) {
    const mistake = `tsig_algorithm is ${values.tsig_algorithm}, but the key file says ${algorithm}; leave tsig_algorithm out`;
    problems.add(keyPosition(zone, 'tsig_algorithm'), mistake);
  }
  return name && algorithm && secret && { name, algorithm, secret };
}
