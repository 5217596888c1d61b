import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';

import { freePort } from './free-port.ts';
import { startProcess } from './process.ts';
import { runCommand } from './run-command.ts';
import { createTemporaryDirectory } from './temporary-directory.ts';

/** Pebble, the certificate authority for tests of ACME clients, which believes one nameserver alone. */
export interface CertificateAuthority extends AsyncDisposable {
  /** Where clients begin. */
  readonly directoryUrl: string;
  /** What clients have to trust to speak to it over HTTPS. */
  readonly trustFile: string;
  /** What all its certificates come from. */
  readonly root: X509Certificate;
  log(): string;
}

export const certificateAuthorityPeers = ['pebble', 'openssl'] as const;

const startTimeoutMs = 20_000;

/** @param dnsPort  where the nameserver listens on 127.0.0.1 that it validates against */
export async function startCertificateAuthority(dnsPort: number): Promise<CertificateAuthority> {
  const directory = await createTemporaryDirectory('pebble');
  const trustFile = `${directory.path}/tls.crt`;
  await makeServerCertificate(directory.path);
  const [port, managementPort] = [await freePort(), await freePort()];
  const configuration = await directory.write(
    'pebble.json',
    JSON.stringify({
      pebble: {
        listenAddress: `127.0.0.1:${port}`,
        managementListenAddress: `127.0.0.1:${managementPort}`,
        certificate: trustFile,
        privateKey: `${directory.path}/tls.key`,
        httpPort: await freePort(),
        tlsPort: await freePort(),
        ocspResponderURL: '',
        externalAccountBindingRequired: false,
      },
    }),
  );
  const pebble = startProcess({
    title: 'pebble',
    command: 'pebble',
    args: ['-config', configuration, '-dnsserver', `127.0.0.1:${dnsPort}`],
    directory: directory.path,
    // Every order is to be proven anew, at once, and with the first nonce.
    environment: { PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0', PEBBLE_AUTHZREUSE: '0' },
  });
  const dispose = async () => {
    await pebble.stop();
    await directory[Symbol.asyncDispose]();
  };
  try {
    const trusted = await readFile(trustFile, 'utf8');
    const rootUrl = `https://127.0.0.1:${managementPort}/roots/0`;
    let root: string | undefined;
    await pebble.waitUntil(async () => (root = await fetchTrusting(rootUrl, trusted)) !== undefined, startTimeoutMs);
    return {
      directoryUrl: `https://127.0.0.1:${port}/dir`,
      trustFile,
      root: new X509Certificate(root ?? ''),
      log: () => pebble.output(),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** One that clients accept for the address 127.0.0.1, and that is its own authority. */
async function makeServerCertificate(directory: string): Promise<void> {
  const words =
    'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=pebble -addext subjectAltName=IP:127.0.0.1,DNS:localhost';
  const files = ['-keyout', `${directory}/tls.key`, '-out', `${directory}/tls.crt`];
  const { exitCode, stderr } = await runCommand('openssl', [...words.split(' '), ...files]);
  if (exitCode !== 0) throw new Error(stderr);
}

/** @returns undefined while nobody answers there */
async function fetchTrusting(url: string, certificate: string): Promise<string | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
  const asking = request(url, { ca: certificate, agent: false, timeout: 2000 }, (response) => {
    text(response).then((body) => resolve(response.statusCode === 200 ? body : undefined), reject);
  });
  asking.on('error', () => resolve(undefined));
  asking.on('timeout', () => asking.destroy());
  asking.end();
  return await promise;
}
