import { configurationOf } from '../interop/seed-service.ts';
import { dig, type DigAnswer, type DigQuestion, digSerial } from './dig.ts';
import { freePort } from './free-port.ts';
import { launchService, type ServiceUnderTest } from './launch-service.ts';
import { nsupdate, type NsupdateResult } from './nsupdate.ts';
import { makeTestKey, type TestKey } from './test-key.ts';

export interface EmbeddedOptions {
  /** Master-file lines that the configuration says. */
  readonly records?: string;
  /** The administrator's; a fresh one when absent. */
  readonly key?: TestKey;
  /** More of `dns:`. */
  readonly dns?: object;
}

/** The real service with one zone on its own nameserver, on free ports. */
export interface EmbeddedService extends AsyncDisposable {
  readonly service: ServiceUnderTest;
  readonly zone: string;
  readonly dnsPort: number;
  key(): TestKey;
  serial(): Promise<number>;
  query(name: string, type: string, options?: Partial<DigQuestion>): Promise<DigAnswer>;
  /** By nsupdate, with the administrator's key, another one, or none. */
  update(commands: readonly string[], key?: TestKey | 'unsigned'): Promise<NsupdateResult>;
  /** Writes the configuration anew with these records; a signal or a restart makes it count. */
  writeRecords(records: string): Promise<void>;
}

export async function launchEmbedded(zone: string, options: EmbeddedOptions = {}): Promise<EmbeddedService> {
  const key = options.key ?? makeTestKey(zone);
  const dnsPort = await freePort();
  const configuration = (records: string | undefined) =>
    configurationOf([{ name: zone, tsig_key: key.secret, ...(records === undefined ? {} : { records }) }], {
      dns: { listen: `127.0.0.1:${dnsPort}`, ...options.dns },
      database: 'sqlite:zones.db',
      log_level: 30,
    });
  const service = await launchService({ configuration: configuration(options.records), readyWhen: 'ready' });
  return {
    service,
    zone,
    dnsPort,
    key: () => key,
    serial: () => digSerial({ port: dnsPort, name: zone }),
    query: (name, type, more) => dig({ ...more, port: dnsPort, name, type }),
    update: (commands, signer = key) =>
      nsupdate({ port: dnsPort, zone, commands, ...(signer === 'unsigned' ? {} : { key: signer }) }),
    writeRecords: (records) => service.writeConfiguration(configuration(records)),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}
