import type { Config, EmbeddedConfig, ZoneConfig } from '../../config/config.ts';
import { NameSyntaxError } from '../../dns/errors.ts';
import { Name } from '../../dns/name.ts';
import { toAsciiName } from '../../idn/ascii-name.ts';
import type { CliContext } from '../command.ts';
import { ExitCode } from '../exit-code.ts';

/** The name of a zone as somebody types it; undefined when it is none, which has been told then. */
export function readZoneOperand(written: string | undefined, { errors }: CliContext): Name | undefined {
  const ascii = toAsciiName(written ?? '');
  if (ascii.kind !== 'invalid') {
    try {
      return Name.parse(ascii.text).toLowerCase();
    } catch (error) {
      if (!(error instanceof NameSyntaxError)) throw error;
    }
  }
  errors.print(`dyndns: ${JSON.stringify(written)} is no name of a zone; write one such as dyndns.example.com`);
  return undefined;
}

export function findZone({ zones }: Config, name: Name): ZoneConfig | undefined {
  return zones.find((zone) => zone.name.equals(name));
}

/** What the configuration says of a hosted zone; undefined when there is none of that name, which has been told then. */
export function findHosted(
  config: Config,
  name: Name,
  { errors }: CliContext,
): (Pick<ZoneConfig, 'name'> & EmbeddedConfig) | undefined {
  const zone = findZone(config, name);
  if (zone?.primary.kind === 'embedded') return { name: zone.name, ...zone.primary };
  const hosted = config.zones.filter(({ primary }) => primary.kind === 'embedded').map((each) => each.name.toString());
  const known = hosted.length === 0 ? 'the configuration has no zone here' : `zones here are ${hosted.join(', ')}`;
  const why = zone
    ? `${name.toString()} is on the nameserver ${externalPlace(zone)}, and not hosted here`
    : `${name.toString()} is no zone of ${config.file}`;
  errors.print(`dyndns: ${why}; ${known}`);
  return undefined;
}

export function externalPlace({ primary }: ZoneConfig): string {
  return primary.kind === 'rfc2136' ? primary.nameserver : 'embedded';
}

export const noDatabase = (path: string): string =>
  `dyndns: there is no database ${path} yet; the first start makes it`;

/** @returns the exit code for what could not be read */
export function tellUnknownZone(config: Config, name: Name, { errors }: CliContext): ExitCode {
  const zone = findZone(config, name);
  const where =
    zone?.primary.kind === 'rfc2136'
      ? `it is on the nameserver ${externalPlace(zone)}; dig @${externalPlace(zone)} ${name.toString()} AXFR shows it`
      : 'dyndns zone list says which there are';
  errors.print(`dyndns: the database ${config.database.path} has no zone ${name.toString()}; ${where}`);
  return ExitCode.failed;
}
