import type { TestKey } from '../test-key.ts';
import type { Installation, Make, ServedZone } from './make.ts';

const zoneFile = (zone: string) => `${zone}.zone`;

/** CZ.NIC's Knot DNS. */
export const knot: Make = {
  title: 'Knot',
  peers: ['knotd', 'dig', 'nsupdate'],
  zoneFile,
  install: async (installation) => {
    const { directory, zones, options } = installation;
    for (const { name, masterFile } of zones) await directory.write(zoneFile(name), masterFile);
    const text = render(installation);
    const configuration = await directory.write('knot.conf', options.rewriteConfiguration?.(text) ?? text);
    return { command: 'knotd', args: ['-c', configuration] };
  },
};

/** Knot's YAML: sections in this order, since one may only refer to what stands before it. */
function render({ directory, port, zones, keys }: Installation): string {
  return `server:
    rundir: "${directory.path}"
    listen: 127.0.0.1@${port}
log:
  - target: stderr
    any: info
database:
    storage: "${directory.path}"
key:
${keys.map(renderKey).join('\n')}
acl:
${zones.map(renderAcl).join('\n')}
template:
  - id: default
    storage: "${directory.path}"
    file: "%s.zone"
zone:
${zones.map(({ name }) => `  - domain: ${name}\n    acl: [${aclId(name)}]`).join('\n')}
`;
}

function renderKey({ name, algorithm, secret }: TestKey): string {
  return `  - id: ${name}\n    algorithm: ${algorithm}\n    secret: ${secret}`;
}

function aclId(zone: string): string {
  return `key-of-${zone}`;
}

function renderAcl({ name, key, refusesUpdates }: ServedZone): string {
  const actions = refusesUpdates ? 'query, transfer' : 'query, update, transfer';
  return `  - id: ${aclId(name)}\n    key: ${key.name}\n    action: [${actions}]`;
}
