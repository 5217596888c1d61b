import type { Name } from '../dns/name.ts';
import type { Address } from './address.ts';
import type { Hostname } from './hostname.ts';

/** What somebody wants to do with one RRset: know it, give it values, or take them away. */
export type Action = 'read' | 'set' | 'remove';

export type Permission =
  | { readonly kind: 'granted' }
  /** `reason` is a sentence without a full stop, and tells nothing that whoever asks may not know. */
  | { readonly kind: 'refused'; readonly reason: string };

export const granted: Permission = { kind: 'granted' };

/** By whose word something is done, as log, history and answers name it; never the secret itself. */
export type CredentialIdentity =
  /** The configuration's `secret`. */
  | { readonly kind: 'administrator' }
  /** Whoever may run commands on this machine. */
  | { readonly kind: 'command' }
  /** A TSIG key of the configuration. */
  | { readonly kind: 'key'; readonly name: string }
  | {
      readonly kind: 'token';
      readonly id: string;
      readonly description: string;
      /** Proven by a secret that has been replaced, and works for a while still; else absent. */
      readonly isOutgoing?: true;
    };

/**
 * Who asks: a credential that has been proven, and where the request came from.
 *
 * An update carries its asker all the way, so that nothing is planned for a name, asked for or derived, that the asker was not
 * permitted to change.
 */
export interface Asker {
  readonly credential: CredentialIdentity;
  /** Undefined for commands, and where the connection has no address any more. */
  readonly source: Address | undefined;
  /** The one decision over (credential, name, type, action, source). */
  permission(name: Name, type: number, action: Action): Permission;
  /** Whether names of this asker may point to that address, beyond what is true of all (rules of `judgeAddress`). */
  addressPermission(address: Address): Permission;
  /** The names that its scope lists one by one; undefined where it has no list, but patterns or everything. */
  readonly listedNames: readonly Hostname[] | undefined;
}

/** One word for the credential, as it is stored: `secret`, `cli`, `key:NAME`, `token:ID`. */
export function credentialLabel(credential: CredentialIdentity): string {
  switch (credential.kind) {
    case 'administrator':
      return 'secret';
    case 'command':
      return 'cli';
    case 'key':
      return `key:${credential.name}`;
    case 'token':
      return `token:${credential.id}`;
  }
}

/** May do everything: the administrator, by whatever proof. */
export function administrator(
  credential: Exclude<CredentialIdentity, { kind: 'token' }>,
  source: Address | undefined,
): Asker {
  return {
    credential,
    source,
    permission: () => granted,
    addressPermission: () => granted,
    listedNames: undefined,
  };
}
