import { parseNetwork, parseTypes, scopeBounds } from '../../access/scope-text.ts';
import type { Config } from '../../config/config.ts';
import { Name } from '../../dns/name.ts';
import type { AdministrationOrder } from '../../door/administration-orders.ts';
import { toAsciiName } from '../../idn/ascii-name.ts';
import { parseHostname } from '../../updates/hostname.ts';
import { ZoneDirectory } from '../../updates/zone-directory.ts';
import { descriptionMistake, listOf } from '../administering.ts';
import type { Invocation } from '../command.ts';
import { parseEnd } from '../time-span.ts';

type Edit = Extract<AdministrationOrder, { order: 'edit-token' }>['edit'];

export type ScopeOptions =
  | { readonly kind: 'read'; readonly edit: Edit }
  /** A sentence without a full stop. */
  | { readonly kind: 'mistake'; readonly text: string };

/** What the options say of a token; only what was given is in it. */
export function readScopeOptions(
  { values, switches }: Invocation,
  { zones }: Pick<Config, 'zones'>,
  nowSeconds: number,
): ScopeOptions {
  const contradiction = contradictions.find((pair) =>
    pair.every((name) => switches.has(name) || values[name] !== undefined),
  );
  if (contradiction)
    return mistake(`--${contradiction[0]} and --${contradiction[1]} are both here; keep one of the two`);
  const names = readNames(listOf(values['name']), listOf(values['zone']), zones);
  if (names.kind === 'mistake') return names;
  const expires = values['expires'] === undefined ? undefined : parseEnd(values['expires'], nowSeconds);
  if (values['expires'] !== undefined && (expires === undefined || expires <= nowSeconds))
    return mistake(
      `--expires takes a time such as 90d or 12h, or a day to come such as 2027-12-31, not ${values['expires']}`,
    );
  const types = listOf(values['type']);
  const networks = listOf(values['network']);
  const fault = listFault(types, networks) ?? descriptionMistake(values['description']);
  if (fault !== undefined) return mistake(fault);
  const maxNames = values['max-names'];
  if (maxNames !== undefined && !/^\d{1,6}$/.test(maxNames))
    return mistake(`--max-names takes a whole number, not ${maxNames}`);
  const edit: Edit = {
    ...(names.names ? { names: names.names } : {}),
    ...present('types', types),
    ...present('networks', switches.has('any-network') ? [] : networks),
    ...present('description', values['description']),
    ...present('expiresAtSeconds', switches.has('no-expiry') ? null : expires),
    ...present('maxNames', maxNames === undefined ? undefined : Number(maxNames)),
    ...present('plainHttp', switches.has('https-only') ? false : switches.has('plain-http') ? true : undefined),
    ...present(
      'publicAddressesOnly',
      switches.has('public-addresses') ? true : switches.has('all-addresses') ? false : undefined,
    ),
  };
  return { kind: 'read', edit };
}

const contradictions = [
  ['network', 'any-network'],
  ['expires', 'no-expiry'],
  ['https-only', 'plain-http'],
  ['public-addresses', 'all-addresses'],
] as const;

/** What would be refused later: a sentence without a full stop. */
function listFault(types: readonly string[] | undefined, networks: readonly string[] | undefined): string | undefined {
  const allowed = types && parseTypes(types);
  if (allowed?.kind === 'wrong') return `--type: ${allowed.reason}`;
  if (networks?.length === 0) return '--network needs a network, such as 192.0.2.0/24';
  if (networks && networks.length > scopeBounds.networks)
    return `--network takes at most ${scopeBounds.networks} networks`;
  const wrong = networks?.map(parseNetwork).find(({ kind }) => kind === 'wrong');
  return wrong?.kind === 'wrong' ? `--network: ${wrong.reason}` : undefined;
}

function readNames(
  names: readonly string[] | undefined,
  zoneNames: readonly string[] | undefined,
  zones: Config['zones'],
): { readonly kind: 'names'; readonly names: string[] | undefined } | Extract<ScopeOptions, { kind: 'mistake' }> {
  if (!names && !zoneNames) return { kind: 'names', names: undefined };
  const directory = new ZoneDirectory(zones);
  const patterns: string[] = [];
  for (const [written, mark] of [
    ...(names ?? []).map((name) => [name, ''] as const),
    ...(zoneNames ?? []).map((name) => [name, 'zone:'] as const),
  ]) {
    const wildcard = mark === '' && written.startsWith('*.') ? '*.' : '';
    const ascii = toAsciiName(written.slice(wildcard.length));
    const parsed = ascii.kind === 'invalid' ? undefined : parseHostname(ascii.text);
    if (parsed?.kind !== 'hostname') return mistake(`${JSON.stringify(written)} is no name`);
    if (!directory.find(Name.parse(parsed.hostname.toString()))) {
      const ours = zones.map(({ name }) => name.toString().slice(0, -1)).join(', ');
      return mistake(`${written} is in none of the zones of the configuration (${ours})`);
    }
    patterns.push(`${mark}${wildcard}${parsed.hostname.toString().slice(0, -1)}`);
  }
  if (patterns.length > scopeBounds.patterns)
    return mistake(`--name and --zone take at most ${scopeBounds.patterns} names, not ${patterns.length}`);
  return { kind: 'names', names: patterns };
}

function present<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { [K in Key]?: Value };
}

function mistake(text: string): Extract<ScopeOptions, { kind: 'mistake' }> {
  return { kind: 'mistake', text };
}
