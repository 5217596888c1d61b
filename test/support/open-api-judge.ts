import assert from 'node:assert/strict';
import { Ajv2020, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js';

/** An answer of the API, as the document judges it. */
export interface JudgedAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

interface Media {
  readonly schema: AnySchemaObject;
  readonly example?: unknown;
}

interface Response {
  readonly content?: Readonly<Record<string, Media>>;
  readonly headers?: Readonly<Record<string, { readonly $ref: string }>>;
}

interface OperationObject {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, Response>>;
}

interface OpenApiDocument {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly components: { readonly headers: Readonly<Record<string, { readonly required?: boolean }>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
}

const documentId = 'https://document.example/openapi.json';

/** Judges answers by the document that the service itself hands out, with a validator that is not ours. */
export class OpenApiJudge {
  readonly document: OpenApiDocument;
  readonly #ajv: Ajv2020;
  readonly #compiled = new Map<string, ValidateFunction>();
  /** The operations whose answers have been judged, with the statuses. */
  readonly seen = new Set<string>();

  constructor(text: string) {
    this.document = JSON.parse(text) as OpenApiDocument;
    // The document is no schema itself, but holds them at the places that its references name.
    this.#ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
    this.#ajv.addSchema({ ...(this.document as object) }, documentId);
  }

  /** Fails unless the document foresees this answer of this operation. */
  judge(method: string, path: string, answer: JudgedAnswer): void {
    const found = this.#find(method === 'HEAD' ? 'get' : method.toLowerCase(), path);
    assert.ok(found, `${method} ${path} is not in the document`);
    const { operation, pointer } = found;
    const status = String(answer.status);
    const key = status in operation.responses ? status : 'default';
    const response = operation.responses[key];
    assert.ok(
      response && (key !== 'default' || answer.status >= 400),
      `${operation.operationId} does not foresee ${status}`,
    );
    this.seen.add(`${operation.operationId} ${status}`);
    for (const [name, { $ref }] of Object.entries(response.headers ?? {})) {
      const header = this.document.components.headers[$ref.split('/').at(-1) ?? ''];
      assert.ok(header, $ref);
      const isThere = answer.headers.has(name.toLowerCase());
      assert.ok(isThere || header.required !== true, `${operation.operationId} ${status} has no ${name}`);
    }
    const media = Object.entries(response.content ?? {});
    if (media.length === 0) return assert.equal(answer.body, '', `${operation.operationId} ${status} has a body`);
    const [type = ''] = media[0] ?? [];
    assert.equal(answer.headers.get('content-type')?.split(';')[0], type, `${operation.operationId} ${status}`);
    if (method === 'HEAD') return assert.equal(answer.body, '');
    const place = `${pointer}/responses/${key}/content/${escapePointer(type)}/schema`;
    this.valid(place, JSON.parse(answer.body), `${method} ${path} ${status}`);
  }

  /** Every example of the document against the schema beside it. */
  judgeExamples(): number {
    let count = 0;
    for (const [path, methods] of Object.entries(this.document.paths))
      for (const [method, operation] of Object.entries(methods)) {
        const pointer = `/paths/${escapePointer(path)}/${method}`;
        const places: [string, Media][] = [];
        for (const [type, media] of Object.entries(operation.requestBody?.content ?? {}))
          places.push([`${pointer}/requestBody/content/${escapePointer(type)}/schema`, media]);
        for (const [status, { content = {} }] of Object.entries(operation.responses))
          for (const [type, media] of Object.entries(content))
            places.push([`${pointer}/responses/${status}/content/${escapePointer(type)}/schema`, media]);
        for (const [place, { example }] of places) {
          if (example === undefined) continue;
          this.valid(place, example, `the example at ${place}`);
          count += 1;
        }
      }
    return count;
  }

  valid(pointer: string, value: unknown, what: string): void {
    const validate = this.#compile(pointer);
    assert.ok(validate(value), `${what}: ${this.#ajv.errorsText(validate.errors)}\n${JSON.stringify(value)}`);
  }

  #compile(pointer: string): ValidateFunction {
    const known = this.#compiled.get(pointer);
    if (known) return known;
    const compiled = this.#ajv.compile({ $ref: `${documentId}#${encodeURI(pointer)}` });
    this.#compiled.set(pointer, compiled);
    return compiled;
  }

  #find(method: string, path: string): { readonly operation: OperationObject; readonly pointer: string } | undefined {
    const base = this.document.servers[0]?.url ?? '';
    const segments = path.split('?')[0]!.slice(base.length).split('/');
    for (const [pattern, methods] of Object.entries(this.document.paths)) {
      const parts = pattern.split('/');
      const isIt =
        parts.length === segments.length &&
        parts.every((part, index) => part.startsWith('{') || part === segments[index]);
      const operation = methods[method];
      if (isIt && operation) return { operation, pointer: `/paths/${escapePointer(pattern)}/${method}` };
    }
    return undefined;
  }
}

function escapePointer(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}
