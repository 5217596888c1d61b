import { fileURLToPath } from 'node:url';

/** What V8's profiler gives: `node --cpu-prof` writes it into a file, the inspector hands it over. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** The node that was on top of the stack, sample by sample. */
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

/** How long something itself was at work, without what it called. */
export interface SelfTime {
  readonly what: string;
  readonly milliseconds: number;
}

export interface ProfileDigest {
  /** Time in which there was something to do. */
  readonly busyMilliseconds: number;
  readonly idleMilliseconds: number;
  /** Functions with their places, most first. */
  readonly functions: readonly SelfTime[];
  /** Folders of ours, packages, and parts of Node, most first. */
  readonly areas: readonly SelfTime[];
}

export function digestProfile({ nodes, samples, timeDeltas }: CpuProfile, root: string): ProfileDigest {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const functions = new Map<string, number>();
  const areas = new Map<string, number>();
  let idleMilliseconds = 0;
  let busyMilliseconds = 0;
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id);
    const milliseconds = (timeDeltas[index] ?? 0) / 1000;
    if (!frame) continue;
    if (frame.functionName === '(idle)') {
      idleMilliseconds += milliseconds;
      continue;
    }
    busyMilliseconds += milliseconds;
    const place = frame.url === '' ? '' : ` ${placeOf(frame.url, root)}:${frame.lineNumber + 1}`;
    add(functions, `${frame.functionName || '(anonymous)'}${place}`, milliseconds);
    add(areas, areaOf(frame.functionName, frame.url, root), milliseconds);
  }
  return { busyMilliseconds, idleMilliseconds, functions: mostFirst(functions), areas: mostFirst(areas) };
}

function add(sums: Map<string, number>, key: string, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}

function mostFirst(sums: ReadonlyMap<string, number>): readonly SelfTime[] {
  return [...sums]
    .map(([what, milliseconds]) => ({ what, milliseconds }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

function placeOf(url: string, root: string): string {
  if (!url.startsWith('file:')) return url;
  const path = fileURLToPath(url);
  return path.startsWith(root) ? path.slice(root.length) : path;
}

function areaOf(functionName: string, url: string, root: string): string {
  // Native code that is not called by name: reading and writing sockets, the event loop, calling into JavaScript.
  if (url === '') return functionName.startsWith('(') ? functionName : 'V8 and native functions';
  if (url.startsWith('node:')) return /^node:(?:internal\/)?[^/]+/.exec(url)?.[0] ?? url;
  const place = placeOf(url, root);
  const packageName = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(place)?.[1];
  if (packageName !== undefined) return packageName;
  return place
    .split('/')
    .slice(0, place.startsWith('src/primary/') ? 3 : 2)
    .join('/');
}
