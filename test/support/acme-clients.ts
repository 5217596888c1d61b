import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { CertificateAuthority } from './certificate-authority.ts';
import { findExecutable } from './debian-packages.ts';
import { type CommandResult, runCommand } from './run-command.ts';
import { createTemporaryDirectory, type TemporaryDirectory } from './temporary-directory.ts';

export const certbotPeers = ['certbot', '/usr/lib/python3/dist-packages/certbot_dns_rfc2136/__init__.py'] as const;
export const legoPeers = ['lego'] as const;

const timeoutMs = 120_000;

/** Where the operator's pages place things, and what stands in for it here. */
export interface AcmeMachineOptions {
  readonly authority: CertificateAuthority;
  readonly dnsPort: number;
}

/**
 * A machine with certbot and lego, in a temporary directory. What the operator types stays as it is, but for this:
 *
 * - A path below /etc lies below the temporary directory, and `sudo` and owners are left out.
 * - The nameserver 192.0.2.53 port 53 is at 127.0.0.1 and the port given.
 * - Another authority, and nobody to ask: certbot reads it in a cli.ini of the user's own, lego hears it from a script of its name. So
 *   also that a second is enough for the nameservers to follow, and, since the authority is told which one to ask, that lego need not
 *   look for them in the world.
 */
export class AcmeMachine implements AsyncDisposable {
  readonly #directory: TemporaryDirectory;
  readonly #options: AcmeMachineOptions;

  private constructor(directory: TemporaryDirectory, options: AcmeMachineOptions) {
    this.#directory = directory;
    this.#options = options;
  }

  static async begin(options: AcmeMachineOptions): Promise<AcmeMachine> {
    const directory = await createTemporaryDirectory('acme');
    const { authority, dnsPort } = options;
    const below = (path: string) => join(directory.path, path);
    const settings = {
      server: authority.directoryUrl,
      'config-dir': below('etc/letsencrypt'),
      'work-dir': below('var/lib/letsencrypt'),
      'logs-dir': below('var/log/letsencrypt'),
      'non-interactive': true,
      'agree-tos': true,
      'register-unsafely-without-email': true,
      'dns-rfc2136-propagation-seconds': 1,
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
    await directory.write('config/letsencrypt/cli.ini', lines.join(''));
    const lego = [findExecutable('lego'), '--server', authority.directoryUrl, '--dns.disable-cp'];
    const words = [...lego, '--dns.resolvers', `127.0.0.1:${dnsPort}`].join(' ');
    await directory.write('bin/lego', `#!/bin/sh\nexec ${words} "$@"\n`, 0o755);
    await mkdir(below('etc/letsencrypt'), { recursive: true });
    return new AcmeMachine(directory, options);
  }

  /** Where a path of the page lies. */
  path(path: string): string {
    return join(this.#directory.path, path);
  }

  staged(text: string): string {
    return text
      .replaceAll(/(?<![\w./-])\/(?=(?:etc|var)\/)/g, `${this.#directory.path}/`)
      .replaceAll(/192\.0\.2\.53:53\b/g, `127.0.0.1:${this.#options.dnsPort}`)
      .replaceAll(/^dns_rfc2136_port = 53$/gm, `dns_rfc2136_port = ${this.#options.dnsPort}`)
      .replaceAll('192.0.2.53', '127.0.0.1');
  }

  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(this.path(path)), { recursive: true });
    await this.#directory.write(path.slice(1), this.staged(text), 0o600);
  }

  async run(command: string): Promise<CommandResult> {
    const plain = this.staged(command)
      .replaceAll(/\bsudo /g, '')
      .replaceAll(/ -o root -g dyndns\b/g, '');
    const { trustFile } = this.#options.authority;
    return await runCommand('sh', ['-c', plain], {
      directory: this.#directory.path,
      environment: {
        PATH: `${this.path('bin')}:${process.env['PATH']}:/usr/sbin`,
        XDG_CONFIG_HOME: this.path('config'),
        REQUESTS_CA_BUNDLE: trustFile,
        LEGO_CA_CERTIFICATES: trustFile,
        RFC2136_SEQUENCE_INTERVAL: '1',
        RFC2136_POLLING_INTERVAL: '1',
      },
      timeoutMs,
    });
  }

  /** The certificates of a file in the form PEM, the name's own first; undefined when there is no such file. */
  async certificates(path: string): Promise<readonly X509Certificate[] | undefined> {
    if (!existsSync(this.path(path))) return undefined;
    const text = await readFile(this.path(path), 'utf8');
    return Array.from(text.matchAll(/-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/g), ([pem]) => {
      return new X509Certificate(pem);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#directory[Symbol.asyncDispose]();
  }
}
