import { unconfinedNamed } from './bind.ts';
import type { SecondaryInstallation, SecondaryMake } from './secondary.ts';

/** ISC BIND 9, as Debian has it. */
export const bindSecondary: SecondaryMake = {
  title: 'BIND',
  peers: ['named'],
  install: async (installation) => {
    const { directory } = installation;
    const configuration = await directory.write('named.conf', render(installation));
    return { command: await unconfinedNamed(directory.path), args: ['-g', '-c', configuration] };
  },
};

function render({ directory, port, primaryPort, zone, key }: SecondaryInstallation): string {
  return `key "${key.name}" { algorithm ${key.algorithm}; secret "${key.secret}"; };
controls { };
options {
  directory "${directory.path}";
  pid-file "${directory.path}/named.pid";
  session-keyfile "${directory.path}/session.key";
  listen-on port ${port} { 127.0.0.1; };
  listen-on-v6 { none; };
  recursion no;
  dnssec-validation no;
  empty-zones-enable no;
  notify no;
};
zone "${zone}" {
  type secondary;
  file "copy";
  primaries { 127.0.0.1 port ${primaryPort} key "${key.name}"; };
  allow-notify { 127.0.0.1; };
  allow-transfer { key "${key.name}"; };
};
`;
}
