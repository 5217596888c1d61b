import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { findExecutable } from '../support/debian-packages.ts';
import { freePort } from '../support/free-port.ts';
import { type RunningProcess, startProcess } from '../support/process.ts';
import { type CommandResult, runCommand } from '../support/run-command.ts';
import { createTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts';
import { isRoot, nobody } from '../support/unprivileged.ts';

export const repositoryRoot = fileURLToPath(new URL('../../', import.meta.url));

/** What the README calls the machine and the client. */
const machineAddress = '192.0.2.53';
export const clientAddress = '203.0.113.7';
export const domain = 'dyndns.example.com';

/** The programs that the way needs. */
export const walkThroughPeers = [
  'named',
  'tsig-keygen',
  'named-checkconf',
  'named-checkzone',
  'dig',
  'nginx',
  'curl',
  'openssl',
] as const;

const startTimeoutMs = 20_000;

/** Configurations whose nameserver is the one that runs; the others are shown, or are wrong on purpose. */
const workingConfigurations = new Set(['/etc/dyndns.yml', '/etc/wrong-key.yml']);

/** Directories that Debian's packages have made before anybody configures them. */
const debianDirectories = [
  'etc/bind',
  'etc/nginx/sites-available',
  'etc/nginx/sites-enabled',
  'etc/systemd/system',
  'opt',
  'usr/local/bin',
  'var/cache/bind',
  'var/lib/bind',
  'run',
];

/**
 * A machine of its own for the README's instructions, in a temporary directory. Nothing in them is changed but this:
 *
 * - A path below /etc, /opt, /usr/local or /var lies below the temporary directory instead.
 * - Ports are free ones: BIND's 53 by what Debian would have in named.conf and by `port:` in dyndns.yml, our own 53 in `dns.listen`; 54321 by `--port`
 *   and in URLs; 80 and 443 in the site for nginx, which listens on 127.0.0.1 alone.
 * - The machine's address 192.0.2.53 is 127.0.0.1. curl and dig find it by their own configuration files, .curlrc and .digrc; and
 *   there curl also says, as a further proxy on 127.0.0.1 would, that its client is 203.0.113.7.
 * - `sudo` is left out, and nothing is asked of the package manager, of systemd or of Let's Encrypt: what they would bring about is
 *   brought about by the methods below.
 */
export class WalkThrough implements AsyncDisposable {
  readonly #directory: TemporaryDirectory;
  readonly #ports: Readonly<Record<'dns' | 'http' | 'https' | 'dyndns', number>>;
  readonly #processes: RunningProcess[] = [];
  #workingDirectory = repositoryRoot;

  private constructor(directory: TemporaryDirectory, ports: WalkThrough['ports']) {
    this.#directory = directory;
    this.#ports = ports;
  }

  static async begin(): Promise<WalkThrough> {
    const directory = await createTemporaryDirectory('readme', 'nobody');
    const ports = { dns: await freePort(), http: await freePort(), https: await freePort(), dyndns: await freePort() };
    const walk = new WalkThrough(directory, ports);
    for (const name of debianDirectories) await mkdir(join(directory.path, name), { recursive: true });
    await directory.write('run/.digrc', `-p ${ports.dns}\n`);
    const curl = [`header = "X-Forwarded-For: ${clientAddress}"`, ...walk.curlSettings];
    await directory.write('run/.curlrc', `${curl.join('\n')}\n`);
    return walk;
  }

  get ports() {
    return this.#ports;
  }

  /** How curl finds nginx under the domain's name, and trusts its certificate. */
  get curlSettings(): readonly string[] {
    return [
      'silent',
      'show-error',
      `connect-to = "${domain}:443:127.0.0.1:${this.#ports.https}"`,
      `cacert = "${this.path('/etc/letsencrypt/live')}/${domain}/fullchain.pem"`,
    ];
  }

  /** Where a path of the README lies. */
  path(path: string): string {
    return join(this.#directory.path, path);
  }

  /** The text with its paths and the machine's address replaced. */
  staged(text: string): string {
    return text
      .replaceAll(/(?<![\w./-])\/(?=(?:etc|opt|usr\/local|var)\/)/g, `${this.#directory.path}/`)
      .replaceAll(machineAddress, '127.0.0.1');
  }

  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(this.path(path)), { recursive: true });
    await writeFile(this.path(path), this.staged(text), { mode: 0o640 });
    if (!workingConfigurations.has(path)) return;
    if (text.includes('\nnameserver: ')) await this.#edit(path, /^nameserver: .*$/m, `$&\nport: ${this.#ports.dns}`);
    else await this.#edit(path, /127\.0\.0\.1:53/, `127.0.0.1:${this.#ports.dns}`);
  }

  /** Copies a file that comes with dyndns. */
  async copy(source: string, directory: string): Promise<void> {
    const path = join(directory, basename(source));
    await this.write(path, await readFile(join(repositoryRoot, source), 'utf8'));
    if (!path.includes('/nginx/')) return;
    await this.#edit(path, /^ *listen \[::\].*\n/gm, '');
    await this.#edit(path, /listen 80;/, `listen 127.0.0.1:${this.#ports.http};`);
    await this.#edit(path, /listen 443 ssl;/, `listen 127.0.0.1:${this.#ports.https} ssl;`);
    await this.#edit(path, /127\.0\.0\.1:54321/, `127.0.0.1:${this.#ports.dyndns}`);
  }

  /** As `cd` would. */
  enter(path: string): void {
    this.#workingDirectory = this.path(path);
  }

  /** Runs a command as a shell would: in the clone, or wherever it has gone since. */
  async run(command: string): Promise<CommandResult> {
    const plain = this.staged(command)
      .replaceAll(/\bsudo (?:-u dyndns )?/g, '')
      .replaceAll('//127.0.0.1:54321', `//127.0.0.1:${this.#ports.dyndns}`);
    // On a terminal the two streams are one.
    const result = await runCommand('sh', ['-c', `exec 2>&1; ${plain}`], {
      directory: this.#workingDirectory,
      environment: {
        PATH: `${this.path('/usr/local/bin')}:${process.env['PATH']}:/usr/sbin`,
        HOME: this.path('/run'),
        dyndns_CONFIG_FILE: this.path('/etc/dyndns.yml'),
        DYNDNS_CONFIG_FILE: undefined,
      },
      timeoutMs: 60_000,
    });
    return { ...result, stdout: result.stdout.replaceAll(this.#directory.path, '') };
  }

  async installDyndns(): Promise<void> {
    await symlink(repositoryRoot, this.path('/opt/dyndns'));
  }

  /** What Debian's /etc/bind/named.conf is in front of named.conf.local, for a named without privileges. */
  async configureNamed(): Promise<void> {
    await this.write(
      '/etc/bind/named.conf',
      `options {
        directory "/var/cache/bind";
        listen-on port ${this.#ports.dns} { 127.0.0.1; };
        listen-on-v6 { none; };
        dnssec-validation no;
        empty-zones-enable no;
        pid-file none;
        session-keyfile "/var/cache/bind/session.key";
      };
      controls { };
      include "/etc/bind/named.conf.local";
`,
    );
  }

  async startNamed(): Promise<void> {
    await this.#giveToNobody();
    // Where AppArmor confines /usr/sbin/named, a copy elsewhere may read this directory.
    const named = this.path('/run/named');
    await cp(findExecutable('named') ?? 'named', named);
    const running = this.#start('named', named, ['-g', '-c', this.path('/etc/bind/named.conf')]);
    await running.waitUntil(() => Promise.resolve(/ running$/m.test(running.output())), startTimeoutMs);
  }

  /** As the unit says: its ExecStart. */
  async startDyndns(): Promise<void> {
    const unit = await readFile(this.path('/etc/systemd/system/dyndns.service'), 'utf8');
    const [command = '', ...args] = /^ExecStart=(.*)$/m.exec(unit)?.[1]?.split(' ') ?? [];
    const running = startProcess({
      title: 'dyndns',
      command,
      args: [...args, '--port', String(this.#ports.dyndns)],
      directory: '/',
      environment: {
        dyndns_CONFIG_FILE: undefined,
        DYNDNS_CONFIG_FILE: undefined,
        NODE_OPTIONS: undefined,
        // Else root would keep its database in `/`, and each walk find that of the one before.
        STATE_DIRECTORY: this.path('/var/lib/dyndns'),
      },
    });
    this.#processes.push(running);
    await running.waitUntil(() => isWell(`http://127.0.0.1:${this.#ports.dyndns}/readyz`), startTimeoutMs);
  }

  /** A certificate of our own in the place of Let's Encrypt's. */
  async obtainCertificate(): Promise<CommandResult> {
    const directory = this.path(`/etc/letsencrypt/live/${domain}`);
    await mkdir(directory, { recursive: true });
    return this.run(
      `openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=${domain} -addext subjectAltName=DNS:${domain}` +
        ` -keyout ${directory}/privkey.pem -out ${directory}/fullchain.pem`,
    );
  }

  /** What Debian's /etc/nginx/nginx.conf is around the enabled sites, for an nginx without privileges. */
  async testNginx(): Promise<CommandResult> {
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    await this.write(
      '/etc/nginx/nginx.conf',
      `daemon off;
      pid ${this.path('/run/nginx.pid')};
      events { }
      http {
        access_log off;
        ${temporary.map((name) => `${name}_temp_path ${this.path('/run')}/${name};`).join('\n        ')}
        include /etc/nginx/sites-enabled/*;
      }
`,
    );
    await this.#giveToNobody();
    return runCommand('nginx', ['-t', ...this.#nginxArguments], { asNobody: true });
  }

  async startNginx(): Promise<void> {
    const running = this.#start('nginx', 'nginx', this.#nginxArguments);
    await running.waitUntil(() => isWell(`http://127.0.0.1:${this.#ports.http}/`), startTimeoutMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const running of this.#processes.toReversed()) await running.stop();
    await this.#directory[Symbol.asyncDispose]();
  }

  get #nginxArguments(): readonly string[] {
    return ['-c', this.path('/etc/nginx/nginx.conf'), '-e', 'stderr'];
  }

  #start(title: string, command: string, args: readonly string[]): RunningProcess {
    const running = startProcess({ title, command, args, asNobody: true });
    this.#processes.push(running);
    return running;
  }

  /** @throws when the text is not as it was when this was written, and the edit would do nothing */
  async #edit(path: string, what: RegExp, replacement: string): Promise<void> {
    const text = await readFile(this.path(path), 'utf8');
    const edited = text.replace(what, replacement);
    if (edited === text) throw new Error(`nothing in ${path} matches ${what.source}; adapt test/house/walk-through.ts`);
    await writeFile(this.path(path), edited);
  }

  /** Without following a link: one of them leads to the clone. */
  async #giveToNobody(): Promise<void> {
    if (!isRoot()) return;
    const directories = ['etc', 'var', 'run'].map((name) => this.path(name));
    const owner = `${nobody.uid}:${nobody.gid}`;
    const { exitCode, stderr } = await runCommand('chown', ['-R', '-P', '-h', owner, ...directories]);
    if (exitCode !== 0) throw new Error(stderr);
  }
}

async function isWell(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(2000) });
    await response.text();
    return response.status < 400;
  } catch {
    return false;
  }
}
