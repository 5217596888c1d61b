import { Type } from './dns/codes.ts';
import type { Config, DnsConfig, EmbeddedConfig, ListenAddress, ZoneConfig } from './config/config.ts';
import type { DoctorTools } from './doctor/examine-zone.ts';
import { examineZones } from './doctor/examine-zones.ts';
import { examineHostedZones } from './doctor/hosted/examine-hosted-zones.ts';
import type { DescribedNameserver, HostedZoneDescription } from './doctor/hosted/hosted-zone-description.ts';
import type { Report } from './doctor/report.ts';
import { systemDoctorTools } from './doctor/system-tools.ts';
import type { Endpoint } from './primary/rfc2136/connection.ts';
import { isExternal } from './primary/primary-pool.ts';
import { lookAtDatabase } from './store/sqlite/look-at-database.ts';
import { openSqliteZoneReader } from './store/sqlite/sqlite-zone-reader.ts';
import type { StoreFault } from './store/store-fault.ts';
import { addressText } from './updates/address.ts';

/** What the service knows of itself, when it is the one that has itself examined. */
export interface RunningSelf {
  /** Where it answers DNS indeed. */
  readonly dnsAddresses: readonly ListenAddress[];
  /** Why its database takes no changes now; undefined when it does. */
  readonly fault: StoreFault | undefined;
}

/** The doctor's tools outside of tests, with whom the configuration names to be asked about the world. */
export function doctorToolsFor({ dns }: Config, signal: AbortSignal): DoctorTools {
  return systemDoctorTools(signal, dns.resolvers.map(endpointOf));
}

/** Has the doctor examine every zone of a configuration: beside the service, without one, or from inside it. */
export async function examineConfig(
  { zones, dns, database: { path } }: Config,
  tools: DoctorTools,
  self?: RunningSelf,
): Promise<Report> {
  const hosted = zones.flatMap((zone) =>
    zone.primary.kind === 'embedded' ? [describe(zone, zone.primary, dns, self?.dnsAddresses ?? dns.listen)] : [],
  );
  const examineHosted = async () => {
    if (hosted.length === 0) return [];
    const look = await lookAtDatabase(path, self?.fault, tools.limits.quickCheckMs);
    return await examineHostedZones(hosted, { look, isConditionKnown: self !== undefined, readSerial }, tools);
  };
  const [external, embedded] = await Promise.all([examineZones(zones.filter(isExternal), tools), examineHosted()]);
  const reports = new Map([...external.zones, ...embedded].map((report) => [report.zone, report]));
  return { zones: zones.flatMap(({ name }) => reports.get(name.toString()) ?? []) };

  async function readSerial(zone: ZoneConfig['name']): Promise<number | undefined> {
    const opened = openSqliteZoneReader(path);
    const listed = opened.kind === 'opened' ? await opened.reader.zones() : opened;
    if (listed.kind === 'failed') return undefined;
    return listed.zones.find(({ zone: each }) => each.key === zone.key)?.serial;
  }
}

/** What the doctor has to know of a hosted zone. The primary among its nameservers is the one that its SOA record names. */
function describe(
  { name }: ZoneConfig,
  { key, records }: EmbeddedConfig,
  dns: DnsConfig,
  listen: readonly ListenAddress[],
): HostedZoneDescription {
  const apex = records.flatMap(({ record }) => (record.name.equals(name) ? [record.rdata] : []));
  const targets = apex.flatMap((rdata) => (rdata.kind === 'NS' ? [rdata.target] : []));
  const mname = apex.find((rdata) => rdata.kind === 'SOA')?.mname;
  const primary = targets.find((target) => mname?.equals(target));
  const inOrder = primary ? [primary, ...targets.filter((target) => target !== primary)] : targets;
  return {
    name,
    key,
    nameservers: inOrder.map((target) => ({ name: target, addresses: addressesOf(target) })),
    notify: dns.notify.map(endpointOf),
    listen: listen.map(endpointOf),
  };

  function addressesOf(target: DescribedNameserver['name']): readonly string[] {
    const inZone = records.flatMap(({ record: { name: owner, type, rdata } }) =>
      owner.equals(target) && (type === Type.A || type === Type.AAAA) && 'address' in rdata
        ? [addressText(rdata.address)]
        : [],
    );
    if (inZone.length > 0) return inZone;
    return dns.nameservers.find((each) => each.name.equals(target))?.addresses.map(({ text }) => text) ?? [];
  }
}

function endpointOf({ host, port }: ListenAddress): Endpoint {
  return { address: host, port };
}
