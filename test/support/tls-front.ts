import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';

import { runCommand } from './run-command.ts';
import { createTemporaryDirectory } from './temporary-directory.ts';

/** TLS in front of a port, for clients that speak nothing else; it changes nothing of what goes through it. */
export interface TlsFront extends AsyncDisposable {
  readonly port: number;
  /** What clients have to trust. */
  readonly trustFile: string;
}

export async function openTlsFront(backendPort: number): Promise<TlsFront> {
  const directory = await createTemporaryDirectory('tls');
  const [certificate, key] = [`${directory.path}/tls.crt`, `${directory.path}/tls.key`];
  const words = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=127.0.0.1';
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate];
  const { exitCode, stderr } = await runCommand('openssl', [...words.split(' '), ...names]);
  if (exitCode !== 0) throw new Error(stderr);
  const open = new Set<TLSSocket>();
  const server = createServer({ cert: await readFile(certificate), key: await readFile(key) }, (client) => {
    const backend = connect(backendPort, '127.0.0.1');
    client.on('error', () => backend.destroy());
    backend.on('error', () => client.destroy());
    client.pipe(backend).pipe(client);
    open.add(client);
    client.on('close', () => {
      open.delete(client);
      backend.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    trustFile: certificate,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const client of open) client.destroy();
      await directory[Symbol.asyncDispose]();
    },
  };
}
