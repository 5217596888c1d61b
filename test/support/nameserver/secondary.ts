import { Type } from '../../../src/dns/codes.ts';
import { freePort } from '../free-port.ts';
import { type RunningProcess, startProcess } from '../process.ts';
import { createTemporaryDirectory, type TemporaryDirectory } from '../temporary-directory.ts';
import type { TestKey } from '../test-key.ts';
import { queryOverUdp } from '../udp-query.ts';
import { bindSecondary } from './bind-secondary.ts';
import { knotSecondary } from './knot-secondary.ts';
import type { Executable } from './make.ts';
import { nsdSecondary } from './nsd-secondary.ts';

/** A zone to be fetched from a primary on 127.0.0.1, and a directory and a port to serve it from. */
export interface SecondaryInstallation {
  /** Without the trailing dot. */
  readonly zone: string;
  /** Signs transfers, and whoever has it may transfer the zone on. NOTIFYs come unsigned from 127.0.0.1. */
  readonly key: TestKey;
  readonly primaryPort: number;
  readonly port: number;
  readonly directory: TemporaryDirectory;
}

/** A make of nameserver as a secondary. */
export interface SecondaryMake {
  readonly title: string;
  /** Names of the executables that {@link ../peers.ts} should find. */
  readonly peers: readonly string[];
  readonly install: (installation: SecondaryInstallation) => Promise<Executable>;
}

export const secondaryMakes = {
  bind: bindSecondary,
  knot: knotSecondary,
  nsd: nsdSecondary,
} as const satisfies Record<string, SecondaryMake>;
export type SecondaryMakeName = keyof typeof secondaryMakes;

/** A real nameserver on loopback that follows a primary. */
export interface SecondaryUnderTest extends AsyncDisposable {
  readonly title: string;
  readonly port: number;
  /** What its zone has now; undefined while it has none. */
  serial(): Promise<number | undefined>;
  /** SIGSTOP makes it as good as dead, SIGCONT brings it back as it was. */
  signal(signal: NodeJS.Signals): void;
  log(): string;
}

const startTimeoutMs = 20_000;

/** Starts a secondary, and waits until it has fetched its zone. */
export async function startSecondary(
  make: SecondaryMakeName,
  options: Pick<SecondaryInstallation, 'zone' | 'key' | 'primaryPort'> & {
    readonly port?: number;
  },
): Promise<SecondaryUnderTest> {
  const { title, install } = secondaryMakes[make];
  const directory = await createTemporaryDirectory(`${make}-secondary`, 'nobody');
  const port = options.port ?? (await freePort());
  const executable = await install({ ...options, port, directory });
  const process = startProcess({ title, ...executable, directory: directory.path, asNobody: true });
  const serial = () => serialAt(port, options.zone);
  const dispose = async () => {
    await process.stop();
    await directory[Symbol.asyncDispose]();
  };
  await waitUntilServing(process, serial, dispose);
  return {
    title,
    port,
    serial,
    signal: (signal) => process.signal(signal),
    log: () => process.output(),
    [Symbol.asyncDispose]: dispose,
  };
}

async function waitUntilServing(
  process: RunningProcess,
  serial: () => Promise<number | undefined>,
  dispose: () => Promise<void>,
): Promise<void> {
  try {
    await process.waitUntil(async () => (await serial()) !== undefined, startTimeoutMs);
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function serialAt(port: number, name: string): Promise<number | undefined> {
  const answer = await queryOverUdp({ port, name, type: Type.SOA });
  const rdata = answer?.aa ? answer.answers.find(({ type }) => type === Type.SOA)?.rdata : undefined;
  return rdata?.kind === 'SOA' ? rdata.serial : undefined;
}
