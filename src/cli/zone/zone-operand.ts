import type { Config, EmbeddedConfig, ZoneConfig } from '../../config/config.ts';
import { NameSyntaxError } from '../../dns/errors.ts';
import { Name } from '../../dns/name.ts';
import { toAsciiName } from '../../idn/ascii-name.ts';
import type { CliContext, Invocation } from '../command.ts';
import type { ExitCode } from '../exit-code.ts';
import { tellFailure, tellMistake } from '../failure.ts';

/** The name of a zone as somebody types it, the first operand; undefined when it is none, which has been told then. */
export function readZoneOperand(invocation: Invocation, context: CliContext): Name | undefined {
  const [written] = invocation.operands;
  const ascii = toAsciiName(written ?? '');
  if (ascii.kind !== 'invalid') {
    try {
      return Name.parse(ascii.text).toLowerCase();
    } catch (error) {
      if (!(error instanceof NameSyntaxError)) throw error;
    }
  }
  const text = `${JSON.stringify(written)} is no name of a zone; write one such as dyndns.example.com`;
  tellMistake(text, invocation, context);
  return undefined;
}

export function findZone({ zones }: Config, name: Name): ZoneConfig | undefined {
  return zones.find((zone) => zone.name.equals(name));
}

type Hosted = Pick<ZoneConfig, 'name'> & EmbeddedConfig;

/** What the configuration says of a hosted zone; undefined when there is none of that name, which has been told then. */
export function findHosted(
  config: Config,
  name: Name,
  invocation: Invocation,
  context: CliContext,
): Hosted | undefined {
  const zone = findZone(config, name);
  if (zone?.primary.kind === 'embedded') return { name: zone.name, ...zone.primary };
  const hosted = config.zones.filter(({ primary }) => primary.kind === 'embedded').map((each) => each.name.toString());
  const remedy =
    hosted.length === 0 ? 'The configuration has no zone here.' : `The zones here are ${hosted.join(', ')}`;
  const text = zone
    ? `${name.toString()} is on the nameserver ${externalPlace(zone)}, and not hosted here.`
    : `${name.toString()} is no zone of ${config.file}.`;
  tellFailure({ code: 'unknown-zone', text, remedy }, invocation, context);
  return undefined;
}

export function externalPlace({ primary }: ZoneConfig): string {
  return primary.kind === 'rfc2136' ? primary.nameserver : 'embedded';
}

/** What the database has nothing of. */
export function tellUnknownZone(config: Config, name: Name, invocation: Invocation, context: CliContext): ExitCode {
  const zone = findZone(config, name);
  const text = `The database ${config.database.path} has no zone ${name.toString()}`;
  const remedy =
    zone?.primary.kind === 'rfc2136'
      ? `It is on the nameserver ${externalPlace(zone)}: dig @${externalPlace(zone)} ${name.toString()} AXFR shows it.`
      : 'dyndns zone list says which there are.';
  return tellFailure({ code: 'unknown-zone', text, remedy }, invocation, context);
}
