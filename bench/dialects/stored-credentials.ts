import { digestOf, secretText, tokenId } from '../../src/access/token-secret.ts';
import type { Token } from '../../src/access/token.ts';
import { Type } from '../../src/dns/codes.ts';
import { writeHost } from '../../src/registry/host-document.ts';
import { writeToken } from '../../src/registry/token-document.ts';
import type { LedgerChanges } from '../../src/store/ledger.ts';
import { openSqliteZoneStore } from '../../src/store/sqlite/sqlite-zone-store.ts';
import { type Hostname, parseHostname } from '../../src/updates/hostname.ts';

const documentsAtOnce = 10_000;
const madeAtSeconds = 1_790_000_000;

/** A token for all names of a zone, and as many more as there are to be, each with a host of its own, as a service has them after years. */
export async function storeCredentials(path: string, zone: string, others: number): Promise<string> {
  const opened = await openSqliteZoneStore({ path, unixSeconds: () => Math.floor(Date.now() / 1000) });
  if (opened.kind === 'failed') throw new Error(`The store could not be opened: ${JSON.stringify(opened.fault)}`);
  await using store = opened.store;
  const secret = secretOf(0);
  let documents: LedgerChanges['documents'][number][] = [tokenDocument(0, `the bench`, 'zone', zone)];
  for (let index = 1; index <= others; index += 1) {
    const name = `host${index}.${zone}`;
    documents.push(tokenDocument(index, `token ${index}`, 'exact', name), hostDocument(name));
    if (documents.length < documentsAtOnce && index < others) continue;
    await write(documents);
    documents = [];
  }
  if (documents.length > 0) await write(documents);
  return secret;

  async function write(changes: LedgerChanges['documents']): Promise<void> {
    const result = await store.write({ documents: changes, history: [] });
    if (result.kind !== 'committed') throw new Error(`Tokens could not be stored: ${JSON.stringify(result)}`);
  }
}

function octetsOf(index: number, length: number): Uint8Array {
  const octets = Buffer.alloc(length, 7);
  octets.writeUInt32BE(index, length - 4);
  return octets;
}

function secretOf(index: number): string {
  return secretText(octetsOf(index, 20));
}

function tokenDocument(index: number, description: string, kind: 'exact' | 'zone', name: string) {
  const token: Token = {
    id: tokenId(octetsOf(index, 7)),
    description,
    scope: {
      patterns: [{ kind, name: hostnameOf(name) }],
      types: [Type.A, Type.AAAA],
      allowsAcme: true,
      networks: [],
      allowsPlainHttp: true,
      publicAddressesOnly: false,
    },
    secrets: [{ kind: 'digest', sha256: digestOf(secretOf(index)), expiresAtSeconds: undefined }],
    expiresAtSeconds: undefined,
    revokedAtSeconds: undefined,
    isBlocked: false,
    maxNames: 1_000_000,
    madeAtSeconds,
    version: 1,
  };
  return { kind: 'token', key: Buffer.from(token.id), body: writeToken(token) } as const;
}

function hostDocument(name: string) {
  const hostname = hostnameOf(name);
  const body = writeHost({
    name: hostname,
    description: '',
    ttlSeconds: undefined,
    interfaceId: undefined,
    follows: undefined,
    expiresAfterSeconds: undefined,
    hasWildcardTwin: false,
    madeBy: undefined,
    madeAtSeconds,
    version: 1,
  });
  return { kind: 'host', key: hostname.wire, body } as const;
}

function hostnameOf(text: string): Hostname {
  const parsed = parseHostname(text);
  if (parsed.kind === 'invalid') throw new Error(`${text} is no host name`);
  return parsed.hostname;
}
