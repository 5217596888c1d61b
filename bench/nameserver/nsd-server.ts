import { Type } from '../../src/dns/codes.ts';
import { freePort } from '../../test/support/free-port.ts';
import { startProcess } from '../../test/support/process.ts';
import { createTemporaryDirectory } from '../../test/support/temporary-directory.ts';
import { queryOverUdp } from '../../test/support/udp-query.ts';

export interface NsdServer extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
}

const startMs = 10_000;

/**
 * Starts NLnet Labs' NSD with a zone from a file, one process to answer.
 *
 * @param zone     with the trailing dot
 * @param records  lines of the master file after SOA and NS
 * @param under    a command to run it under
 */
export async function startNsd(zone: string, records: readonly string[], under: readonly string[]): Promise<NsdServer> {
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(await createTemporaryDirectory('bench-nsd', 'nobody'));
  const port = await freePort();
  const head = [`$ORIGIN ${zone}`, '$TTL 300', '@ SOA ns ns 1 3600 600 1209600 60', '@ NS ns', 'ns A 127.0.0.1'];
  await directory.write('zone', [...head, ...records, ''].join('\n'));
  const configuration = await directory.write('nsd.conf', render(directory.path, port, zone));
  const running = stack.use(
    startProcess({
      title: 'NSD',
      command: 'nsd',
      args: ['-d', '-c', configuration],
      directory: directory.path,
      asNobody: true,
      under,
    }),
  );
  const isReady = async () => (await queryOverUdp({ port, name: zone, type: Type.SOA }))?.aa === true;
  await running.waitUntil(isReady, startMs);
  const resources = stack.move();
  return { port, pid: running.pid, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

/** Its rate limit, 200 answers a second to a network, is off: it would limit the load generator. */
function render(directory: string, port: number, zone: string): string {
  return `server:
  ip-address: 127.0.0.1@${port}
  server-count: 1
  username: ""
  chroot: ""
  zonesdir: "${directory}"
  database: ""
  pidfile: "${directory}/pid"
  xfrdfile: "${directory}/xfrd"
  xfrdir: "${directory}"
  zonelistfile: "${directory}/zonelist"
  rrl-ratelimit: 0
remote-control:
  control-enable: no
zone:
  name: ${zone}
  zonefile: zone
`;
}
