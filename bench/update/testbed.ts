import { randomBytes } from 'node:crypto';

import { launchService, type ServiceUnderTest } from '../../test/support/launch-service.ts';
import { type NameserverUnderTest, startNameserver } from '../../test/support/nameserver/primary-server.ts';
import type { TestKey } from '../../test/support/test-key.ts';
import type { Pinning } from '../pinning.ts';
import {
  addressNumber,
  type ChangingLabel,
  changingPrefix,
  initialRecords,
  type stillLabel,
} from './numbered-names.ts';

const zone = 'bench.example';

export interface TestbedOptions {
  readonly pinning: Pinning;
  /** For {@link UpdateTestbed.service}, such as NODE_OPTIONS. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A real BIND with its zone on disk, and the service that changes it. */
export class UpdateTestbed implements AsyncDisposable {
  readonly zone = zone;
  readonly nameserver: NameserverUnderTest;
  readonly service: ServiceUnderTest;
  /**
   * A second service, for one client at a time. It never had more to do, and so has no more connections to the nameserver
   * than that needs: a service that was under load before may answer a lone client sooner.
   */
  readonly loneService: ServiceUnderTest;
  readonly #secret: string;
  readonly #resources: AsyncDisposableStack;

  private constructor(
    nameserver: NameserverUnderTest,
    services: readonly [ServiceUnderTest, ServiceUnderTest],
    secret: string,
    resources: AsyncDisposableStack,
  ) {
    this.nameserver = nameserver;
    [this.service, this.loneService] = services;
    this.#secret = secret;
    this.#resources = resources;
  }

  static async open({ pinning, environment = {} }: TestbedOptions): Promise<UpdateTestbed> {
    await using resources = new AsyncDisposableStack();
    const records = initialRecords();
    const nameserver = resources.use(
      await startNameserver('bind', { zones: [{ name: zone, records }], under: pinning.nameserver }),
    );
    const secret = randomBytes(16).toString('hex');
    const configuration = configurationFor(nameserver, secret);
    const launch = async (variables: Readonly<Record<string, string>>) =>
      resources.use(
        await launchService({ configuration, environment: variables, under: pinning.service, readyWhen: 'ready' }),
      );
    const services = [await launch(environment), await launch({})] as const;
    return new UpdateTestbed(nameserver, services, secret, resources.move());
  }

  get key(): TestKey {
    return this.nameserver.key(zone);
  }

  /** The path of the seed's URL up to the number of the name. */
  path(label: ChangingLabel | typeof stillLabel): string {
    return `/update-by-path/${this.#secret}/${label}`;
  }

  serial(): Promise<number> {
    return this.nameserver.serial(zone);
  }

  /** How many of the names that change hold one of these addresses, by the word of a zone transfer. */
  async namesHolding(firstNumber: number, count: number): Promise<number> {
    const { answers, text } = await this.nameserver.query(zone, 'AXFR', { tcp: true, key: this.key });
    if (answers.length === 0) throw new Error(`the zone could not be transferred; dig said:\n${text}`);
    return answers.filter(({ name, type, value }) => {
      if (type !== 'A' || !name.startsWith(changingPrefix)) return false;
      const number = addressNumber(value);
      return number >= firstNumber && number < firstNumber + count;
    }).length;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync();
  }
}

function configurationFor(nameserver: NameserverUnderTest, secret: string): object {
  const { address, port } = nameserver;
  return { secret, nameserver: address, port, zones: [{ name: zone, tsig_key: nameserver.key(zone).secret }] };
}
