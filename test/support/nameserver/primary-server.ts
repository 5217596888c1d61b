import { Rcode, Type } from '../../../src/dns/codes.ts';
import { dig, type DigAnswer, type DigQuestion, digSerial, digValues } from '../dig.ts';
import { freePort } from '../free-port.ts';
import { nsupdate, type NsupdateResult } from '../nsupdate.ts';
import { type RunningProcess, startProcess } from '../process.ts';
import { createTemporaryDirectory, type TemporaryDirectory } from '../temporary-directory.ts';
import { makeTestKey, type TestKey } from '../test-key.ts';
import { queryOverUdp } from '../udp-query.ts';
import { bind } from './bind.ts';
import { knot } from './knot.ts';
import type { Executable, Installation, Make, ServedZone, ServerOptions, ZoneOptions } from './make.ts';
import { powerdns } from './powerdns.ts';

/** The makes of nameserver that the tests have. */
export const makes = { bind, knot, powerdns } as const satisfies Record<string, Make>;
export type MakeName = keyof typeof makes;
export const makeNames = Object.keys(makes) as readonly MakeName[];

type QuestionOptions = Omit<DigQuestion, 'name' | 'type' | 'port' | 'address'>;

/** A real nameserver on loopback, primary for some zones, in a directory of its own. */
export interface NameserverUnderTest extends AsyncDisposable {
  readonly make: MakeName;
  readonly address: '127.0.0.1';
  readonly port: number;
  /** Belongs to the nameserver's user, as everything in it. */
  readonly directory: string;
  readonly pid: number;
  /** The key of the zone. */
  key(zone: string): TestKey;
  zoneFile(zone: string): string;
  /** Everything that it has logged, over all its lives. */
  log(): string;
  serial(zone: string): Promise<number>;
  query(name: string, type: string, options?: QuestionOptions): Promise<DigAnswer>;
  /** The values at a name and type, sorted. */
  values(name: string, type: string, options?: QuestionOptions): Promise<readonly string[]>;
  /** Sends one UPDATE by nsupdate, with the zone's key, another one, or none. */
  update(zone: string, commands: readonly string[], key?: TestKey | 'unsigned'): Promise<NsupdateResult>;
  /** Ends it at once, in the middle of whatever it does. */
  kill9(): Promise<void>;
  /** Ends it in its own way; port and directory stay. */
  stop(): Promise<void>;
  /** Starts it again at the same port and directory; if it runs, it is stopped first. */
  restart(): Promise<void>;
  /** SIGHUP to reload, SIGSTOP and SIGCONT for one that hangs. */
  signal(signal: NodeJS.Signals): void;
}

const startTimeoutMs = 20_000;
const startTries = 3;

/** Starts a nameserver and waits until it answers for its zones. */
export async function startNameserver(make: MakeName, options: ServerOptions): Promise<NameserverUnderTest> {
  for (let tries = 1; ; tries += 1) {
    const directory = await createTemporaryDirectory(make, 'nobody');
    try {
      return await startIn(directory, make, options);
    } catch (error) {
      await directory[Symbol.asyncDispose]();
      // Between finding a free port and using it, somebody else may have taken it.
      const wasTaken = /address (already )?in use/i.test(String(error));
      if (!wasTaken || options.port !== undefined || tries === startTries) throw error;
    }
  }
}

async function startIn(
  directory: TemporaryDirectory,
  make: MakeName,
  options: ServerOptions,
): Promise<NameserverUnderTest> {
  const zones = options.zones.map(decideZone);
  const port = options.port ?? (await freePort());
  const installation: Installation = { directory, port, zones, keys: collectKeys(zones, options.keys ?? []), options };
  const executable = await makes[make].install(installation);
  const lives: RunningProcess[] = [];
  const start = async () => void lives.push(await startLife(make, executable, installation));
  const life = () => {
    const current = lives.at(-1);
    if (!current) throw new Error(`${make} was never started`);
    return current;
  };
  await start();
  const keyOf = (zone: string) => findZone(zones, zone).key;
  return {
    make,
    address: '127.0.0.1',
    port,
    directory: directory.path,
    get pid() {
      return life().pid;
    },
    key: keyOf,
    zoneFile: (zone) => `${directory.path}/${makes[make].zoneFile(findZone(zones, zone).name)}`,
    log: () => lives.map((each) => each.output()).join(''),
    serial: (zone) => digSerial({ port, name: zone, key: keyOf(zone) }),
    query: (name, type, more) => dig({ ...more, port, name, type }),
    values: (name, type, more) => digValues({ ...more, port, name, type }),
    update: (zone, commands, key = keyOf(zone)) =>
      nsupdate({ port, zone, commands, ...(key === 'unsigned' ? {} : { key }) }),
    kill9: async () => void (await life().kill9()),
    stop: async () => void (await life().stop()),
    restart: async () => {
      await life().stop();
      await start();
    },
    signal: (signal) => life().signal(signal),
    [Symbol.asyncDispose]: async () => {
      // A process that was stopped by SIGSTOP would not hear SIGTERM.
      life().signal('SIGCONT');
      await life().stop();
      await directory[Symbol.asyncDispose]();
    },
  };
}

async function startLife(make: MakeName, executable: Executable, installation: Installation): Promise<RunningProcess> {
  const { directory, port, zones, options } = installation;
  const running = startProcess({
    title: `${makes[make].title} on port ${port}`,
    ...executable,
    directory: directory.path,
    asNobody: true,
    under: options.under ?? [],
  });
  const isReady =
    options.readyWhen === 'answering'
      ? async () => (await queryOverUdp({ port, name: '.', type: Type.SOA })) !== undefined && hasLoaded(make, running)
      : () => servesAll(port, zones);
  try {
    await running.waitUntil(isReady, startTimeoutMs);
    return running;
  } catch (error) {
    await running.kill9();
    throw error;
  }
}

/**
 * BIND answers SERVFAIL while it loads its zones, and says "running", and no more, when it has tried all of them. Before,
 * it says on what and as what it is running.
 */
function hasLoaded(make: MakeName, running: RunningProcess): boolean {
  return make !== 'bind' || /\brunning$/m.test(running.output());
}

async function servesAll(port: number, zones: readonly ServedZone[]): Promise<boolean> {
  for (const { name } of zones) {
    const answer = await queryOverUdp({ port, name, type: Type.SOA });
    if (!answer?.aa || answer.rcode !== Rcode.NOERROR || answer.answers.length === 0) return false;
  }
  return true;
}

function decideZone(zone: ZoneOptions): ServedZone {
  const name = zone.name === '.' ? '.' : zone.name.replace(/\.$/, '');
  return { ...zone, name, key: zone.key ?? makeTestKey(name), masterFile: renderMasterFile(name, zone.records ?? []) };
}

function renderMasterFile(name: string, records: readonly string[]): string {
  const isWhole = records.some((line) => /\sSOA\s/i.test(line));
  const apex = ['@ IN SOA ns hostmaster 1 3600 600 1209600 60', '@ IN NS ns', 'ns IN A 127.0.0.1'];
  const origin = name === '.' ? '.' : `${name}.`;
  return [`$ORIGIN ${origin}`, '$TTL 300', ...(isWhole ? [] : apex), ...records, ''].join('\n');
}

function collectKeys(zones: readonly ServedZone[], others: readonly TestKey[]): readonly TestKey[] {
  const keys = new Map<string, TestKey>();
  for (const key of [...zones.map((zone) => zone.key), ...others]) {
    const known = keys.get(key.name);
    if (known && (known.secret !== key.secret || known.algorithm !== key.algorithm))
      throw new Error(`two different keys are named ${key.name}`);
    keys.set(key.name, key);
  }
  return [...keys.values()];
}

function findZone(zones: readonly ServedZone[], name: string): ServedZone {
  const bare = name.replace(/(?<=.)\.$/, '').toLowerCase();
  const zone = zones.find((each) => each.name.toLowerCase() === bare);
  if (zone) return zone;
  throw new Error(`no zone ${name} on this nameserver; it has ${zones.map((each) => each.name).join(', ')}`);
}
