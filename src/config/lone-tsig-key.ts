import { parseTsigAlgorithm, type TsigKey } from '../dns/tsig.ts';
import { decodeBase64 } from './base64.ts';
import { parseKeyFile } from './key-file.ts';
import { parseKeyName, tsigAlgorithms } from './schema.ts';

/**
 * The one key in a file of BIND's format, for a command that needs no configuration to know which.
 *
 * @returns the key, or `LINE:COLUMN: …` with what is wrong, which never repeats what stands in the file
 */
export function loneTsigKey(text: string): TsigKey | string {
  const parsed = parseKeyFile(text);
  if (parsed.kind === 'bare')
    return '1:1: the key has no name and no algorithm; copy the file as tsig-keygen printed it';
  if (parsed.kind === 'invalid') return `${parsed.position.line}:${parsed.position.column}: ${parsed.message}`;
  const [written, second] = parsed.keys;
  const { line, column } = (second ?? written)?.position ?? { line: 1, column: 1 };
  const wrong = (what: string): string => `${line}:${column}: ${what}`;
  if (!written || second) return wrong('this is a second key; leave the one that is meant in the file');
  const name = parseKeyName(written.name);
  const algorithm = parseTsigAlgorithm(written.algorithm);
  const secret = decodeBase64(written.secret.replaceAll(/\s/g, ''));
  if (!name) return wrong('the name of this key is no domain name; write it as the nameserver knows it');
  if (!algorithm) return wrong(`the algorithm of this key is not known; it is one of ${tsigAlgorithms.join(', ')}`);
  if (!secret) return wrong('the secret of this key is not base64; copy it as tsig-keygen printed it');
  return { name, algorithm, secret };
}
