import type { SecondaryInstallation, SecondaryMake } from './secondary.ts';

/** NLnet Labs' NSD, which is nothing but a secondary, or serves files. */
export const nsdSecondary: SecondaryMake = {
  title: 'NSD',
  peers: ['nsd'],
  install: async (installation) => {
    const configuration = await installation.directory.write('nsd.conf', render(installation));
    return { command: 'nsd', args: ['-d', '-c', configuration] };
  },
};

/**
 * Without `xfrd-reload-timeout: 0` it serves what it has fetched after a second at the earliest. Its rate limit (200 a second
 * to a network) is off, lest it fall silent for a test that asks often.
 */
function render({ directory, port, primaryPort, zone, key }: SecondaryInstallation): string {
  return `server:
  ip-address: 127.0.0.1@${port}
  server-count: 1
  username: ""
  chroot: ""
  verbosity: 1
  zonesdir: "${directory.path}"
  database: ""
  pidfile: "${directory.path}/pid"
  xfrdfile: "${directory.path}/xfrd"
  xfrdir: "${directory.path}"
  zonelistfile: "${directory.path}/zonelist"
  xfrd-reload-timeout: 0
  rrl-ratelimit: 0
remote-control:
  control-enable: no
key:
  name: "${key.name}"
  algorithm: ${key.algorithm}
  secret: "${key.secret}"
zone:
  name: ${zone}
  zonefile: copy
  request-xfr: 127.0.0.1@${primaryPort} ${key.name}
  allow-notify: 127.0.0.1 NOKEY
  provide-xfr: 127.0.0.1 ${key.name}
`;
}
