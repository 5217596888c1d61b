import type { Method, Operation } from './operation.ts';

/** Where a path leads. */
export interface Destination {
  /** As the table has it. */
  readonly path: string;
  readonly byMethod: ReadonlyMap<Method, Operation>;
  readonly parameters: Readonly<Record<string, string>>;
  /** Every method that is answered, for Allow. */
  readonly allow: string;
}

interface Resource {
  readonly path: string;
  readonly segments: readonly string[];
  readonly byMethod: Map<Method, Operation>;
}

/** Finds the operations of a path; the table is small, so it is looked through. */
export class OperationRouter {
  readonly #resources: readonly Resource[];

  constructor(operations: readonly Operation[]) {
    const resources = new Map<string, Resource>();
    for (const operation of operations) {
      const { path, method } = operation;
      const resource = resources.get(path) ?? { path, segments: path.split('/').slice(1), byMethod: new Map() };
      resources.set(path, resource);
      resource.byMethod.set(method, operation);
    }
    this.#resources = [...resources.values()];
  }

  /** @param path  below the base, still percent-encoded, with the slash at its beginning */
  find(path: string): Destination | undefined {
    const segments = path.split('/').slice(1).map(decode);
    for (const resource of this.#resources) {
      const parameters = match(resource.segments, segments);
      if (parameters) return destination(resource, parameters);
    }
    return undefined;
  }
}

function destination({ path, byMethod }: Resource, parameters: Readonly<Record<string, string>>): Destination {
  const methods = [...byMethod.keys()].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return { path, byMethod, parameters, allow: [...methods, 'OPTIONS'].join(', ') };
}

function match(
  pattern: readonly string[],
  segments: readonly (string | undefined)[],
): Readonly<Record<string, string>> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index];
    if (segment === undefined || segment === '') return undefined;
    const name = /^\{(.*)\}$/.exec(part)?.[1];
    if (name !== undefined) parameters[name] = segment;
    else if (part !== segment) return undefined;
  }
  return parameters;
}

/** @returns undefined where a percent sign is not followed by two hex digits, or the octets are no UTF-8 */
function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
