import type { TokenDirectory } from '../access/token-directory.ts';
import { Name } from '../dns/name.ts';
import type { DocumentKind, Ledger, LedgerDocument } from '../store/ledger.ts';
import type { StoreFault } from '../store/store-fault.ts';
import type { Host } from '../updates/host.ts';
import type { Token } from '../access/token.ts';
import { readHost } from './host-document.ts';
import type { KnownHosts } from './known-hosts.ts';
import { latin1, type Sightings } from './sightings.ts';
import { readToken } from './token-document.ts';
import type { TokenKeyFile } from './token-key-file.ts';

export interface LoadOptions {
  readonly ledger: Pick<Ledger, 'documents'>;
  readonly tokens: TokenDirectory;
  readonly hosts: KnownHosts;
  readonly sightings: Sightings;
  readonly keyFile: TokenKeyFile;
  readonly toldDocuments: number;
}

export type RegistryLoaded =
  | { readonly kind: 'loaded'; readonly warnings: readonly string[] }
  | { readonly kind: 'failed'; readonly fault: StoreFault };

/** Fills what is empty with all that the ledger has; a document that cannot be read is told and left out. */
export async function loadRegistry(options: LoadOptions): Promise<RegistryLoaded> {
  const { ledger, tokens, hosts, sightings, keyFile, toldDocuments } = options;
  const unreadable = new Unreadable(toldDocuments);
  const foundTokens: Token[] = [];
  const foundHosts: Host[] = [];
  const readers: Readonly<Record<DocumentKind, (document: LedgerDocument) => void>> = {
    token: ({ key, body }) => {
      const reading = readToken(key, body);
      if (reading.kind === 'read') foundTokens.push(reading.value);
      else unreadable.add(`The token ${shownKey(key)}`, reading.reason);
    },
    host: ({ key, body }) => {
      const reading = readHost(key, body);
      if (reading.kind === 'read') foundHosts.push(reading.value);
      else unreadable.add(`The host ${shownName(key)}`, reading.reason);
    },
    sighting: (document) => sightings.load(document),
  };
  const kinds = ['token', 'host', 'sighting'] as const;
  const answers = await Promise.all(kinds.map((kind) => ledger.documents(kind, readers[kind])));
  const failure = answers.find((answer) => answer.kind === 'failed');
  if (failure) return failure;
  for (const token of foundTokens.sort(inOrderOfMaking)) tokens.put(token);
  hosts.load(foundHosts);
  sightings.keepOnly((key) => tokens.get(key) !== undefined || hosts.has(key));
  return { kind: 'loaded', warnings: [...unreadable.warnings, ...(await keyWarnings(foundTokens, keyFile))] };
}

function inOrderOfMaking(a: Token, b: Token): number {
  return a.madeAtSeconds - b.madeAtSeconds || (a.id < b.id ? -1 : 1);
}

/** Tells of the first ones, and counts the others. */
class Unreadable {
  readonly #told: string[] = [];
  readonly #atMost: number;
  #others = 0;

  constructor(atMost: number) {
    this.#atMost = atMost;
  }

  add(what: string, reason: string): void {
    if (this.#told.length < this.#atMost) this.#told.push(`${what} in the database is left out: ${reason}.`);
    else this.#others += 1;
  }

  get warnings(): readonly string[] {
    if (this.#others === 0) return this.#told;
    return [
      ...this.#told,
      `${this.#others} more tokens and hosts in the database are left out, since they cannot be read.`,
    ];
  }
}

function shownKey(key: Uint8Array): string {
  const text = latin1(key.subarray(0, 64));
  return /^[\x21-\x7e]+$/.test(text) ? text : Buffer.from(key.subarray(0, 64)).toString('hex');
}

function shownName(key: Uint8Array): string {
  try {
    return Name.fromWire(key).toString();
  } catch {
    return shownKey(key);
  }
}

/** Whether the key file opens what was encrypted under it; where it does not, only those keys do not work. */
async function keyWarnings(tokens: readonly Token[], keyFile: TokenKeyFile): Promise<readonly string[]> {
  const keys = tokens
    .filter(({ revokedAtSeconds }) => revokedAtSeconds === undefined)
    .flatMap(({ secrets }) => secrets.flatMap((secret) => (secret.kind === 'tsig' ? [secret] : [])));
  const [sample] = keys;
  if (!sample) return [];
  await keyFile.open({ encrypted: sample.encrypted, about: sample.keyName });
  if (keyFile.fault === undefined) {
    const broken = keys.filter(({ encrypted, keyName }) => !keyFile.unseal(encrypted, keyName));
    if (broken.length === 0) return [];
    return [
      `${countOf(broken.length)} cannot be decrypted under ${keyFile.path} and ${doNot(broken.length)} work: ${firstOf(broken)}. Rotate the tokens that they belong to.`,
    ];
  }
  const lost = keyFile.mayBeLost ? ' Where it is lost for good, revoke those tokens and start again.' : '';
  return [
    `${countOf(keys.length)} of tokens ${doNot(keys.length)} work, and over HTTP the tokens go on: ${keyFile.fault}.${lost}`,
  ];
}

function countOf(count: number): string {
  return count === 1 ? 'One TSIG key' : `${count} TSIG keys`;
}

function doNot(count: number): string {
  return count === 1 ? 'does not' : 'do not';
}

function firstOf(keys: readonly { readonly keyName: string }[]): string {
  const [first, ...others] = keys;
  return others.length === 0 ? first!.keyName : `${first!.keyName} and ${others.length} more`;
}
