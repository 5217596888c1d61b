import type { Asker, CredentialIdentity } from '../updates/asker.ts';
import type { Address } from '../updates/address.ts';

/** Where a request comes from, as far as credentials care. */
export interface Origin {
  /** Undefined where the connection has none any more, or the proxy names none. */
  readonly source: Address | undefined;
  /** Whether nobody on the way could read it: TLS, or a trusted proxy that says so. */
  readonly isEncrypted: boolean;
}

export type Authentication =
  | { readonly kind: 'known'; readonly asker: Asker }
  | {
      readonly kind: 'refused';
      readonly reason: AuthenticationFault;
      /** Whose secret it is, where it is a token's that may not be used so; for the log. */
      readonly credential?: CredentialIdentity;
      readonly retryAfterSeconds?: number;
      /** So long is waited before it is told: somebody may be trying secrets. */
      readonly delayMs?: number;
    };

/**
 * `wrong`: nobody's secret. `expired`, `revoked`: a token's that was. `blocked`: by the administrator, for good. `network`: the token may not be
 * used from there. `plain-http`: it may not be used where others can read it. `guessing`: too many wrong ones came from there.
 */
export type AuthenticationFault = 'wrong' | 'expired' | 'revoked' | 'blocked' | 'network' | 'plain-http' | 'guessing';

/** Knows people by what they present: the configuration's secret, or a token. */
export interface Authenticator {
  authenticate(presented: string, origin: Origin): Authentication;
  /** Whether two texts are the same, in constant time: one of them may be right. */
  areSame(a: string, b: string): boolean;
}
