import { readFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';

import { runCommand } from '../run-command.ts';
import type { Installation, Make } from './make.ts';

const schema = '/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql';
const databaseFile = 'zones.sqlite';

/** PowerDNS Authoritative Server with its zones in SQLite. All zones live in one file. */
export const powerdns: Make = {
  title: 'PowerDNS',
  peers: ['pdns_server', 'pdnsutil', 'dig', 'nsupdate'],
  zoneFile: () => databaseFile,
  install: async (installation) => {
    const { directory, options } = installation;
    const text = render(installation);
    await directory.write('pdns.conf', options.rewriteConfiguration?.(text) ?? text);
    // An empty file first, for it has to belong to the process that will write it.
    const database = await directory.write(databaseFile, '');
    await execute(database, await readFile(schema, 'utf8'));
    await loadZones(installation);
    await execute(database, keysAndPermissions(installation));
    return { command: 'pdns_server', args: [`--config-dir=${directory.path}`] };
  },
};

function render({ directory, port }: Installation): string {
  return `launch=gsqlite3
gsqlite3-database=${directory.path}/${databaseFile}
local-address=127.0.0.1
local-port=${port}
socket-dir=${directory.path}
daemon=no
guardian=no
disable-syslog=yes
write-pid=no
dnsupdate=yes
allow-dnsupdate-from=
cache-ttl=0
query-cache-ttl=0
negquery-cache-ttl=0
zone-cache-refresh-interval=0
zone-metadata-cache-ttl=0
domain-metadata-cache-ttl=0
security-poll-suffix=
`;
}

async function loadZones({ directory, zones }: Installation): Promise<void> {
  for (const { name, masterFile } of zones) {
    const file = await directory.write(`${name}.zone`, masterFile);
    const args = [`--config-dir=${directory.path}`, 'load-zone', name, file];
    const { exitCode, stdout, stderr } = await runCommand('pdnsutil', args, { asNobody: true });
    if (exitCode !== 0) throw new Error(`pdnsutil load-zone ${name} failed:\n${stdout}${stderr}`);
  }
}

/** What pdnsutil's import-tsig-key and set-meta would write, without a process for each. */
function keysAndPermissions({ zones, keys }: Installation): string {
  const lines = keys.map(({ name, algorithm, secret }) => {
    const values = [bare(name), algorithm, secret].map(quote).join(', ');
    return `INSERT INTO tsigkeys (name, algorithm, secret) VALUES (${values});`;
  });
  for (const { name, key, refusesUpdates } of zones) {
    const metadata: [string, string][] = [
      ['ALLOW-DNSUPDATE-FROM', refusesUpdates ? '192.0.2.1/32' : '127.0.0.0/8'],
      ['TSIG-ALLOW-DNSUPDATE', bare(key.name)],
      ['TSIG-ALLOW-AXFR', bare(key.name)],
      ['SOA-EDIT-DNSUPDATE', 'INCREASE'],
    ];
    for (const [kind, content] of metadata)
      lines.push(
        `INSERT INTO domainmetadata (domain_id, kind, content)
         SELECT id, ${quote(kind)}, ${quote(content)} FROM domains WHERE name = ${quote(name.toLowerCase())};`,
      );
  }
  return lines.join('\n');
}

/** PowerDNS keeps names in lower case and without the trailing dot. */
function bare(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

async function execute(file: string, sql: string): Promise<void> {
  const database = new DatabaseSync(file);
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}
