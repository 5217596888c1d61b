import type { TsigAlgorithm } from '../dns/tsig.ts';
import type { Scope } from './scope.ts';

/** A credential that was made here: what it is good for, and what proves it. The secret itself is nowhere. */
export interface Token {
  /** Ten characters of base32, lower case; names the token in commands, log and history, and proves nothing. */
  readonly id: string;
  readonly description: string;
  readonly scope: Scope;
  /** The one in use first; for a while after a rotation the one before it, too. */
  readonly secrets: readonly TokenSecret[];
  /** Unix time; undefined: never. */
  readonly expiresAtSeconds: number | undefined;
  readonly revokedAtSeconds: number | undefined;
  /** By the administrator, who wants clients to give up for good: `abuse`. */
  readonly isBlocked: boolean;
  /** Hosts that it may have made by updating them. */
  readonly maxNames: number;
  readonly madeAtSeconds: number;
  /** Counts its changes from 1; the ETag. */
  readonly version: number;
  /** Whoever registered it with acme-dns; absent where the administrator made it. */
  readonly registrar?: Registrar;
}

/** The ID of a token, with which its registrations end; or one of the two words below, which are shorter than an ID. */
export type Registrar = string;

/** The secret of the configuration. */
export const registrarSecret: Registrar = 'secret';
/** Anybody in the networks that may register. */
export const registrarNetwork: Registrar = 'network';

/** What is kept of a secret: enough to know it again. */
export type TokenSecret =
  /** Of HTTP: SHA-256 of its text, 64 lower-case hex digits. */
  | { readonly kind: 'digest'; readonly sha256: string; readonly expiresAtSeconds: number | undefined }
  /** Of DNS: a TSIG key, whose octets are needed whole, encrypted under the key file. */
  | {
      readonly kind: 'tsig';
      /** Lower case, with the trailing dot. */
      readonly keyName: string;
      readonly algorithm: TsigAlgorithm;
      /** AES-256-GCM: 12 octets of nonce, the ciphertext, 16 octets of tag; in base64. */
      readonly encrypted: string;
      readonly expiresAtSeconds: number | undefined;
    };
