import { posix } from 'node:path';

import { type Complaint, isTest, type SourceFile } from './source-files.ts';

/** What the files of one layer may import besides each other. */
export interface Layer {
  readonly layers: readonly string[];
  /** Those that it loads when it needs them, by `import()` alone. */
  readonly later?: readonly string[];
  readonly packages: readonly string[];
  /** Modules of Node itself, without `node:`. */
  readonly builtins: readonly string[] | 'any';
}

/** A layer is a folder below src/, or a file there. */
export type Layers = Readonly<Record<string, Layer>>;

const product = ['updates', 'dns'];

/**
 * The plan of the house. Imports go one way: towards `dns`, which knows nothing of the others.
 *
 * `dns`, `updates` and `zone` are to be pure: bytes and values in, bytes and values out, so no package and, save for the hashes of
 * TSIG, nothing of Node.
 */
export const layers: Layers = {
  dns: { layers: [], packages: [], builtins: ['crypto'] },
  updates: { layers: ['dns'], packages: [], builtins: [] },
  zone: { layers: ['dns'], packages: [], builtins: [] },
  nameserver: { layers: [...product, 'zone'], packages: [], builtins: 'any' },
  idn: { layers: [], packages: ['tr46'], builtins: ['module'] },
  access: { layers: product, packages: [], builtins: ['crypto'] },
  // Networks of credentials are written as in a scope.
  config: { layers: [...product, 'access', 'idn', 'zone'], packages: ['zod', 'yaml'], builtins: 'any' },
  // The nameserver says what it asks of a zone; who keeps zones implements that.
  primary: { layers: [...product, 'zone', 'store', 'nameserver'], packages: [], builtins: 'any' },
  store: { layers: ['dns'], packages: [], builtins: 'any' },
  // Credentials, hosts and history: in memory, and in the store.
  registry: { layers: [...product, 'access', 'store'], packages: [], builtins: 'any' },
  // The doctor words what a store says of itself.
  doctor: { layers: [...product, 'primary', 'store'], packages: [], builtins: 'any' },
  // What commands do with what is stored, beside a service or without one.
  upkeep: { layers: [...product, 'zone', 'primary', 'store'], packages: [], builtins: 'any' },
  // For those who administer the running service; later it says more than of zones.
  door: { layers: [...product, 'access', 'registry', 'store', 'primary'], packages: ['zod'], builtins: 'any' },
  observe: { layers: product, packages: ['pino', 'prom-client'], builtins: 'any' },
  http: {
    layers: [...product, 'access', 'observe', 'idn', 'registry', 'store'],
    packages: ['fastify', 'zod'],
    builtins: 'any',
  },
  'dns-service.ts': {
    layers: [...product, 'config', 'nameserver', 'observe', 'primary', 'store', 'cli'],
    packages: [],
    builtins: 'any',
  },
  'examine-config.ts': { layers: [...product, 'config', 'doctor', 'primary', 'store'], packages: [], builtins: 'any' },
  'registry-service.ts': {
    layers: [...product, 'access', 'registry', 'store', 'config', 'observe', 'cli'],
    packages: [],
    builtins: 'any',
  },
  'token-key-holders.ts': { layers: [...product, 'access', 'registry', 'primary'], packages: [], builtins: [] },
  'door-service.ts': {
    layers: [...product, 'door', 'access', 'registry', 'store', 'observe', 'primary', 'cli'],
    packages: [],
    builtins: 'any',
  },
  'assembly.ts': {
    layers: [...product, 'access', 'registry', 'config', 'primary', 'store', 'observe'],
    packages: [],
    builtins: 'any',
  },
  'command-services.ts': {
    layers: [
      ...product,
      'access',
      'registry',
      'store',
      'config',
      'primary',
      'observe',
      'door',
      'cli',
      'assembly.ts',
      'registry-service.ts',
    ],
    packages: [],
    builtins: 'any',
  },
  'start-memory.ts': { layers: [], packages: [], builtins: ['v8', 'vm'] },
  'app.ts': {
    layers: [
      ...product,
      'idn',
      'access',
      'registry',
      'config',
      'primary',
      'store',
      'doctor',
      'observe',
      'http',
      'cli',
      'assembly.ts',
      'dns-service.ts',
      'examine-config.ts',
      'door-service.ts',
      'registry-service.ts',
      'start-memory.ts',
      'token-key-holders.ts',
    ],
    packages: [],
    builtins: 'any',
  },
  cli: {
    layers: [
      ...product,
      'door',
      'idn',
      'access',
      'registry',
      'config',
      'zone',
      'primary',
      'store',
      'nameserver',
      'upkeep',
      'doctor',
      'observe',
      'http',
    ],
    later: ['app.ts', 'command-services.ts', 'examine-config.ts'],
    packages: [],
    builtins: 'any',
  },
  'main.ts': { layers: ['cli'], packages: [], builtins: 'any' },
};

/** Everything that the files of src/ import against the plan. */
export function layerComplaints(files: readonly SourceFile[], plan: Layers): readonly Complaint[] {
  return files.flatMap((file) => {
    const name = layerOf(file.path);
    const layer = plan[name];
    if (!layer) return [`${file.path}: src/${name} has no place in the plan; give it one in test/house/layers.ts`];
    return importsOf(file.text).flatMap(({ specifier, isDynamic }) => {
      const allowed = isDynamic ? { ...layer, layers: [...layer.layers, ...(layer.later ?? [])] } : layer;
      const fault = importFault(file.path, name, allowed, specifier);
      return fault === undefined ? [] : [`${file.path} imports ${specifier}: ${fault}`];
    });
  });
}

function importFault(path: string, name: string, layer: Layer, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return relativeImportFault(path, name, layer, specifier);
  // Tests may use whatever they judge with.
  if (isTest(path)) return undefined;
  if (!specifier.startsWith('node:')) {
    const known = layer.packages.some((each) => specifier === each || specifier.startsWith(`${each}/`));
    return known ? undefined : `${name} may import ${list(layer.packages, 'no package')}`;
  }
  const builtin = specifier.slice('node:'.length);
  if (layer.builtins !== 'any' && !layer.builtins.includes(builtin))
    return `${name} may import ${list(layer.builtins, 'nothing')} of Node`;
  return undefined;
}

function relativeImportFault(path: string, name: string, layer: Layer, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(path), specifier);
  if (!target.startsWith('src/')) return isTest(path) || target === 'package.json' ? undefined : 'it is not in src/';
  if (isTest(target)) return 'nobody imports a test';
  const targetLayer = layerOf(target);
  if (targetLayer === name || layer.layers.includes(targetLayer)) return undefined;
  return `${name} may import ${list(layer.layers, 'no other layer')}`;
}

/** Layers that see each other, directly or by way of others; in a sound plan there are none. */
export function layersInCycles(plan: Layers): readonly string[] {
  const reaches = (from: string, to: string, seen: ReadonlySet<string>): boolean =>
    (plan[from]?.layers ?? []).some(
      (next) => next === to || (!seen.has(next) && reaches(next, to, new Set([...seen, next]))),
    );
  return Object.keys(plan).filter((name) => reaches(name, name, new Set()));
}

function layerOf(path: string): string {
  return path.split('/')[1] ?? '';
}

export interface Import {
  readonly specifier: string;
  readonly isDynamic: boolean;
}

/** All import and export statements and dynamic imports, as our formatter lays them out. */
export function importsOf(text: string): readonly Import[] {
  const statements = /^(?:import|export)\b[^'"`;]*?\bfrom\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*'([^']+)'/gm;
  return Array.from(text.matchAll(statements), ([, named, bare, dynamic]) => ({
    specifier: named ?? bare ?? dynamic ?? '',
    isDynamic: dynamic !== undefined,
  }));
}

function list(allowed: readonly string[], none: string): string {
  return allowed.length === 0 ? none : `only ${allowed.join(', ')}`;
}
