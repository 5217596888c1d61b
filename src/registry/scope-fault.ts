import { administratorsTypes, type Scope } from '../access/scope.ts';
import { typeName } from '../dns/codes.ts';
import type { RegistryLimits } from './limits.ts';

type ScopeLimits = Pick<RegistryLimits, 'patternsPerToken' | 'typesPerToken' | 'networksPerToken'>;

/** What is wrong with a scope, as a sentence without a full stop; undefined when it is fine. */
export function scopeFault({ patterns, types, allowsAcme, networks }: Scope, limits: ScopeLimits): string | undefined {
  if (patterns.length === 0) return 'a token needs a name that it may change';
  if (types.length === 0 && !allowsAcme) return 'a token needs a type of records that it may change';
  const reserved = types.find((type) => administratorsTypes.has(type));
  if (reserved !== undefined)
    return `no token changes ${typeName(reserved)} records: they are what makes a zone a zone, or give parts of it away`;
  if (patterns.length > limits.patternsPerToken)
    return `a token has at most ${limits.patternsPerToken} patterns of names`;
  if (types.length > limits.typesPerToken) return `a token has at most ${limits.typesPerToken} types of records`;
  if (networks.length > limits.networksPerToken) return `a token has at most ${limits.networksPerToken} networks`;
  return undefined;
}
