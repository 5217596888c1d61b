import { registrarNetwork, registrarSecret, type Token } from '../access/token.ts';
import type { TokenDirectory } from '../access/token-directory.ts';
import type { RegistryLimits } from './limits.ts';

type Tokens = Pick<TokenDirectory, 'get'> & Iterable<Token>;

/** Those that may leave where there are as many tokens as there may be: revoked long ago, or registered by one that was; the oldest first. */
export function longRevoked(
  tokens: Tokens,
  nowSeconds: number,
  { revokedSeconds, documentsPerWrite }: Pick<RegistryLimits, 'revokedSeconds' | 'documentsPerWrite'>,
): readonly Token[] {
  const found: { readonly token: Token; readonly atSeconds: number }[] = [];
  for (const token of tokens) {
    const atSeconds = revokedAt(token, tokens);
    if (atSeconds !== undefined && atSeconds <= nowSeconds - revokedSeconds) found.push({ token, atSeconds });
  }
  return found
    .sort((a, b) => a.atSeconds - b.atSeconds)
    .slice(0, documentsPerWrite)
    .map(({ token }) => token);
}

/** A registration has ended with its registrar; where that is no longer known, it was long ago. */
function revokedAt({ revokedAtSeconds, registrar }: Token, tokens: Tokens): number | undefined {
  if (revokedAtSeconds !== undefined || registrar === undefined) return revokedAtSeconds;
  if (registrar === registrarSecret || registrar === registrarNetwork) return undefined;
  const by = tokens.get(registrar);
  return by ? by.revokedAtSeconds : 0;
}
