import { networkText, parseNetwork, parsePattern, patternText, type ScopePiece } from '../access/scope-text.ts';
import type { Scope } from '../access/scope.ts';
import { type Registrar, registrarNetwork, registrarSecret, type Token, type TokenSecret } from '../access/token.ts';
import { parseTsigAlgorithm } from '../dns/tsig.ts';
import { DocumentFault, DocumentFields, reading, type Reading } from './document-fields.ts';

/** The format that is written; it rises when an older dyndns could not read what is written, or would misunderstand it. */
const format = 1;

const idGrammar = /^[a-z2-7]{10}$/;

/** A token as the database keeps it, beside its ID: JSON, without any secret that could be used. */
export function writeToken(token: Token): Uint8Array {
  const { description, scope, secrets, expiresAtSeconds, revokedAtSeconds, isBlocked } = token;
  return Buffer.from(
    JSON.stringify({
      v: format,
      description,
      patterns: scope.patterns.map(patternText),
      types: scope.types,
      acme: scope.allowsAcme,
      networks: scope.networks.length === 0 ? undefined : scope.networks.map(networkText),
      plainHttp: scope.allowsPlainHttp,
      publicOnly: scope.publicAddressesOnly || undefined,
      secrets: secrets.map(writtenSecret),
      expiresAt: expiresAtSeconds,
      revokedAt: revokedAtSeconds,
      blocked: isBlocked || undefined,
      maxNames: token.maxNames,
      madeAt: token.madeAtSeconds,
      version: token.version,
      registrar: token.registrar,
    }),
  );
}

function writtenSecret({ expiresAtSeconds: expiresAt, ...secret }: TokenSecret): object {
  return { ...secret, expiresAt };
}

/** Reads it strictly: a token whose document says anything that is not understood is not to be let in. */
export function readToken(key: Uint8Array, body: Uint8Array): Reading<Token> {
  return reading(() => {
    const id = Buffer.from(key).toString('latin1');
    if (!idGrammar.test(id)) throw new DocumentFault('its key is no ID of a token');
    const fields = DocumentFields.fromOctets(body, format);
    const token: Token = {
      id,
      description: fields.text('description'),
      scope: scopeOf(fields),
      secrets: fields.list('secrets').map(secretOf),
      expiresAtSeconds: fields.optionalNumber('expiresAt'),
      revokedAtSeconds: fields.optionalNumber('revokedAt'),
      isBlocked: fields.optionalFlag('blocked'),
      maxNames: fields.number('maxNames'),
      madeAtSeconds: fields.number('madeAt'),
      version: fields.number('version'),
      ...registrarOf(fields),
    };
    fields.end();
    return token;
  });
}

function scopeOf(fields: DocumentFields): Scope {
  const patterns = fields.list('patterns').map((each) => pieceOf(each, parsePattern));
  if (patterns.length === 0) throw new DocumentFault('its scope has no names');
  return {
    patterns,
    types: fields.list('types').map(typeOf),
    allowsAcme: fields.flag('acme'),
    networks: fields.optionalList('networks').map((each) => pieceOf(each, parseNetwork)),
    allowsPlainHttp: fields.flag('plainHttp'),
    publicAddressesOnly: fields.optionalFlag('publicOnly'),
  };
}

function registrarOf(fields: DocumentFields): { readonly registrar?: Registrar } {
  const registrar = fields.optionalText('registrar');
  if (registrar === undefined) return {};
  if (registrar !== registrarSecret && registrar !== registrarNetwork && !idGrammar.test(registrar))
    throw new DocumentFault('its registrar is no ID of a token');
  return { registrar };
}

/** @throws DocumentFault */
function pieceOf<Value>(written: unknown, parse: (text: string) => ScopePiece<Value>): Value {
  const piece = typeof written === 'string' ? parse(written) : undefined;
  if (piece?.kind !== 'value') throw new DocumentFault('its scope has a pattern or a network that is none');
  return piece.value;
}

function typeOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 0xffff)
    throw new DocumentFault('a type is no number of 16 bits');
  return value;
}

function secretOf(value: unknown): TokenSecret {
  const fields = new DocumentFields(value, 'a secret');
  const kind = fields.oneOf('kind', ['digest', 'tsig']);
  const expiresAtSeconds = fields.optionalNumber('expiresAt');
  const secret: TokenSecret =
    kind === 'digest'
      ? { kind, sha256: digestOf(fields.text('sha256')), expiresAtSeconds }
      : {
          kind,
          keyName: fields.text('keyName'),
          algorithm: algorithmOf(fields.text('algorithm')),
          encrypted: fields.text('encrypted'),
          expiresAtSeconds,
        };
  fields.end();
  return secret;
}

function digestOf(text: string): string {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new DocumentFault('the digest of a secret is none');
  return text;
}

function algorithmOf(text: string): Extract<TokenSecret, { kind: 'tsig' }>['algorithm'] {
  const algorithm = parseTsigAlgorithm(text);
  if (!algorithm) throw new DocumentFault('a key has no algorithm that is known');
  return algorithm;
}
