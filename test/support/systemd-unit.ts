/** What a unit and its drop-ins say, by key; of what is said several times, all (systemd.unit(5)). */
export type UnitSettings = ReadonlyMap<string, readonly string[]>;

/** The lists among the keys used here begin anew after an empty value (systemd.exec(5)). */
const lists = new Set(['AmbientCapabilities', 'CapabilityBoundingSet', 'Environment', 'RestrictAddressFamilies']);

/** @param texts  the unit first, then its drop-ins; comments and sections are passed over */
export function unitSettings(...texts: readonly string[]): UnitSettings {
  const settings = new Map<string, readonly string[]>();
  for (const match of texts.join('\n').matchAll(/^([A-Za-z0-9]+)=(.*)$/gm)) {
    const [, key = '', value = ''] = match;
    const words = value.split(' ').filter((word) => word !== '');
    settings.set(key, lists.has(key) && words.length > 0 ? [...(settings.get(key) ?? []), ...words] : words);
  }
  return settings;
}

/** Where the service of a unit may write, and is told so. */
export interface UnitDirectories {
  readonly state: string;
  readonly cache: string;
}

/**
 * A command that puts another one, its further words, under those restrictions of a unit that can be imposed without systemd, as nobody
 * in a network of its own: what it sees of /proc, where it may write, its capabilities, and its user namespace.
 *
 * @param prepare  commands of a shell that are run as root, inside the network
 */
export function underRestrictions(
  settings: UnitSettings,
  { state, cache }: UnitDirectories,
  prepare: readonly string[],
): readonly string[] {
  const is = (key: string, value: string) => settings.get(key)?.join(' ') === value;
  const proc = [
    ...(is('ProcSubset', 'pid') ? ['subset=pid'] : []),
    ...(is('ProtectProc', 'invisible') ? ['hidepid=invisible'] : []),
  ];
  const script = [
    'set -e',
    'ip link set lo up',
    ...prepare,
    `mount -t proc -o ${['rw', ...proc].join()} proc /proc`,
    ...[state, cache].map((path) => `mount --bind ${path} ${path}`),
    ...(is('ProtectSystem', 'strict') ? ['mount -o remount,bind,ro /'] : []),
    'exec "$@"',
  ];
  const only = (key: string) => ['-all', ...(settings.get(key) ?? []).map(capability)].join();
  const identity = ['--reuid=nobody', '--regid=nogroup', '--clear-groups'];
  const ambient = only('AmbientCapabilities');
  return [
    'unshare',
    '--net',
    '--mount',
    'sh',
    '-c',
    script.join('\n'),
    'sh',
    'setpriv',
    ...identity,
    ...(is('NoNewPrivileges', 'yes') ? ['--no-new-privs'] : []),
    `--inh-caps=${ambient}`,
    `--ambient-caps=${ambient}`,
    `--bounding-set=${only('CapabilityBoundingSet')}`,
    '--',
    ...(is('PrivateUsers', 'yes') ? ['unshare', '--user', '--map-current-user', '--keep-caps', '--'] : []),
  ];
}

/** `CAP_NET_BIND_SERVICE` → `+net_bind_service`, as setpriv(1) wants it. */
function capability(name: string): string {
  return `+${name.replace(/^CAP_/, '').toLowerCase()}`;
}
