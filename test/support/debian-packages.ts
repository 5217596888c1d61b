import { accessSync, constants, globSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** A Debian package that the tests need, and the files that show that it is there. */
export interface DebianPackage {
  readonly name: string;
  readonly purpose: string;
  /** Names of executables, or patterns of absolute paths. All of them must be found. */
  readonly evidence: readonly string[];
}

export const debianPackages: readonly DebianPackage[] = [
  { name: 'bind9', purpose: 'the nameserver BIND', evidence: ['named', 'tsig-keygen'] },
  { name: 'bind9-dnsutils', purpose: 'dig and nsupdate', evidence: ['dig', 'nsupdate'] },
  {
    name: 'bind9-utils',
    purpose: 'the checkers of named.conf and of zones',
    evidence: ['named-checkconf', 'named-checkzone', 'named-compilezone'],
  },
  { name: 'knot', purpose: 'the nameserver Knot', evidence: ['knotd'] },
  { name: 'knot-dnsutils', purpose: 'kdig and knsupdate', evidence: ['kdig', 'knsupdate'] },
  { name: 'knot-dnssecutils', purpose: 'the checker of zones of Knot', evidence: ['kzonecheck'] },
  { name: 'pdns-server', purpose: 'the nameserver PowerDNS', evidence: ['pdns_server', 'pdnsutil'] },
  {
    name: 'pdns-backend-sqlite3',
    purpose: "PowerDNS's zones on disk",
    evidence: ['/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql', '/usr/lib/*/pdns/libgsqlite3backend.so'],
  },
  { name: 'nsd', purpose: 'the nameserver NSD, which takes no updates', evidence: ['nsd'] },
  { name: 'dnsperf', purpose: 'DNS updates under load', evidence: ['dnsperf'] },
  { name: 'wrk', purpose: 'HTTP requests under load, for npm run bench', evidence: ['wrk'] },
  { name: 'nginx', purpose: 'a proxy in front of the service', evidence: ['nginx'] },
  {
    name: 'faketime',
    purpose: 'clocks that are wrong',
    evidence: ['faketime', '/usr/lib/*/faketime/libfaketimeMT.so.1'],
  },
  { name: 'strace', purpose: 'disks that fail, and the order of system calls', evidence: ['strace'] },
  { name: 'e2fsprogs', purpose: 'a file system that can be made to fail', evidence: ['mkfs.ext4', 'e2fsck'] },
  { name: 'iproute2', purpose: 'networks of their own', evidence: ['ip'] },
  { name: 'nftables', purpose: 'firewalls that drop', evidence: ['nft'] },
  { name: 'curl', purpose: 'the client of the README', evidence: ['curl'] },
  { name: 'wget', purpose: 'a client that sends its password only after it was asked', evidence: ['wget'] },
  { name: 'ddclient', purpose: 'the client of many routers and machines', evidence: ['ddclient'] },
  {
    name: 'libio-socket-ssl-perl',
    purpose: "ddclient's TLS",
    evidence: ['/usr/share/perl5/IO/Socket/SSL.pm'],
  },
  { name: 'inadyn', purpose: 'the client of UniFi and others', evidence: ['inadyn'] },
  { name: 'openssl', purpose: 'certificates of the tests themselves', evidence: ['openssl'] },
  { name: 'pebble', purpose: 'a certificate authority', evidence: ['pebble'] },
  { name: 'lego', purpose: 'an ACME client that speaks RFC 2136', evidence: ['lego'] },
  { name: 'certbot', purpose: 'the other ACME client', evidence: ['certbot'] },
  {
    name: 'python3-certbot-dns-rfc2136',
    purpose: "certbot's RFC 2136",
    evidence: ['/usr/lib/python3/dist-packages/certbot_dns_rfc2136/__init__.py'],
  },
  { name: 'procps', purpose: 'how the unit reloads the service', evidence: ['kill'] },
  {
    name: 'systemd',
    purpose: 'the checker of the unit, and the tool that hands sockets over; it is not started',
    evidence: ['systemd-analyze', 'systemd-socket-activate'],
  },
];

export function missingPackages(packages: readonly DebianPackage[] = debianPackages): readonly DebianPackage[] {
  return packages.filter(({ evidence }) => !evidence.every(isThere));
}

export function isThere(evidence: string): boolean {
  return isAbsolute(evidence) ? globSync(evidence).length > 0 : findExecutable(evidence) !== undefined;
}

/** The package that brings the evidence; one that the table does not know is a mistake in the test. */
export function packageOf(evidence: string): string {
  const found = debianPackages.find((each) => each.evidence.includes(evidence));
  if (!found) throw new Error(`no Debian package is noted for ${evidence}; add it to test/support/debian-packages.ts`);
  return found.name;
}

/** Debian keeps daemons where a user who is not root does not look. */
const systemDirectories = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

export function findExecutable(name: string): string | undefined {
  const directories = [...(process.env['PATH'] ?? '').split(delimiter), ...systemDirectories];
  return directories
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Why `npm test` cannot install packages here; undefined when it can. */
export function whyNotInstallable(): string | undefined {
  if (findExecutable('apt-get') === undefined) return 'there is no apt-get here';
  if (process.getuid?.() !== 0) return 'this user is not root';
  return undefined;
}
