import type { SecondaryInstallation, SecondaryMake } from './secondary.ts';

/** CZ.NIC's Knot DNS. */
export const knotSecondary: SecondaryMake = {
  title: 'Knot',
  peers: ['knotd'],
  install: async (installation) => {
    const configuration = await installation.directory.write('knot.conf', render(installation));
    return { command: 'knotd', args: ['-c', configuration] };
  },
};

function render({ directory, port, primaryPort, zone, key }: SecondaryInstallation): string {
  return `server:
    rundir: "${directory.path}"
    listen: 127.0.0.1@${port}
log:
  - target: stderr
    any: info
database:
    storage: "${directory.path}"
key:
  - id: ${key.name}
    algorithm: ${key.algorithm}
    secret: ${key.secret}
remote:
  - id: primary
    address: 127.0.0.1@${primaryPort}
    key: ${key.name}
acl:
  - id: notified
    address: 127.0.0.1
    action: notify
  - id: transferred
    key: ${key.name}
    action: transfer
template:
  - id: default
    storage: "${directory.path}"
    file: "%s.zone"
zone:
  - domain: ${zone}
    master: primary
    acl: [notified, transferred]
`;
}
