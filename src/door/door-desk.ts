import type { IncomingMessage } from 'node:http';
import { z } from 'zod';

import { NameSyntaxError } from '../dns/errors.ts';
import { Name } from '../dns/name.ts';
import type { ImportMode, ImportOutcome } from '../primary/embedded/import/import-report.ts';
import { administrator } from '../updates/asker.ts';
import type { NameOutcome } from '../updates/outcome.ts';
import type { UpdateRequest } from '../updates/request.ts';
import { type AdministrationOrder, type OrderResult, orderSchema } from './administration-orders.ts';
import { passOverBody, readBody } from './body.ts';
import type { DoorLimits } from './limits.ts';
import { importModeSchema, outcomesMessage, paths, updateSchema } from './messages.ts';

/** What the service does for those who come through the door. */
export interface DoorServices {
  readonly version: string;
  update(request: UpdateRequest): Promise<readonly NameOutcome[]>;
  /** Undefined where there is nothing to administer but zones. */
  administer(order: AdministrationOrder): Promise<OrderResult> | undefined;
  /** @param text  a zone file of the whole zone */
  importZone(zone: Name, mode: ImportMode, text: Uint8Array): Promise<ImportOutcome>;
  /** Of a fault of ours. */
  report(error: unknown): void;
}

export interface DoorReply {
  readonly status: number;
  readonly body: unknown;
}

interface Route {
  readonly method: string;
  readonly contentType: string;
  readonly maxOctets: number;
  /** Each may hold as much memory as a zone, so there is one at a time. */
  readonly isAlone: boolean;
  readonly carryOut: (body: Uint8Array) => Promise<DoorReply>;
}

/** Understands what comes through the door, hands it on, and words the answer. */
export class DoorDesk {
  readonly #services: DoorServices;
  readonly #limits: DoorLimits;
  #isOneUnderWay = false;

  constructor(services: DoorServices, limits: DoorLimits) {
    this.#services = services;
    this.#limits = limits;
  }

  async answer(request: IncomingMessage): Promise<DoorReply> {
    try {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      if (pathname === paths.service) return this.#describe(request.method);
      const route = this.#routeOf(pathname, searchParams);
      if ('status' in route) return route;
      return route.isAlone ? await this.#followAlone(route, request) : await this.#follow(route, request);
    } catch (error) {
      if (error instanceof TypeError && 'code' in error && error.code === 'ERR_INVALID_URL')
        return refusal(400, 'the path is no path');
      this.#services.report(error);
      return refusal(500, 'this is a fault of dyndns itself; the log of the service says more');
    }
  }

  #describe(method: string | undefined): DoorReply {
    if (method !== 'GET') return refusal(405, 'this is asked for by GET');
    return { status: 200, body: { name: 'dyndns', version: this.#services.version } };
  }

  async #followAlone(route: Route, request: IncomingMessage): Promise<DoorReply> {
    if (this.#isOneUnderWay) {
      // Who is still sending does not listen yet.
      await passOverBody(request, route.maxOctets);
      return refusal(503, 'another import is under way; try again when it is done');
    }
    this.#isOneUnderWay = true;
    try {
      return await this.#follow(route, request);
    } finally {
      this.#isOneUnderWay = false;
    }
  }

  async #follow({ method, contentType, maxOctets, carryOut }: Route, request: IncomingMessage): Promise<DoorReply> {
    if (request.method !== method) return refusal(405, `this is asked for by ${method}`);
    const given = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
    if (given !== contentType) return refusal(415, `the body has to be ${contentType}`);
    const body = await readBody(request, maxOctets);
    switch (body.kind) {
      case 'too-large':
        return refusal(413, `the body has more than ${maxOctets} octets`);
      case 'broken':
        return refusal(400, 'the body ended too soon');
      case 'body':
        return await carryOut(body.octets);
    }
  }

  #routeOf(pathname: string, query: URLSearchParams): Route | DoorReply {
    const { doorBodyOctets, importOctets } = this.#limits;
    if (pathname === paths.update) {
      return {
        method: 'POST',
        contentType: 'application/json',
        maxOctets: doorBodyOctets,
        isAlone: false,
        carryOut: (body) => this.#update(body),
      };
    }
    if (pathname === paths.administration) {
      return {
        method: 'POST',
        contentType: 'application/json',
        maxOctets: doorBodyOctets,
        isAlone: false,
        carryOut: (body) => this.#administer(body),
      };
    }
    const zoneText = /^\/v1\/zones\/([^/]{1,1100})\/import$/.exec(pathname)?.[1];
    if (zoneText === undefined) return refusal(404, 'there is nothing of that name here');
    const zone = zoneOf(zoneText);
    const mode = importModeSchema.safeParse(query.get('mode'));
    if (!zone || !mode.success) return refusal(400, 'a zone and mode=fresh, replace or merge are needed');
    return {
      method: 'POST',
      contentType: 'text/dns',
      maxOctets: importOctets,
      isAlone: true,
      carryOut: async (body) => ({ status: 200, body: await this.#services.importZone(zone, mode.data, body) }),
    };
  }

  async #administer(body: Uint8Array): Promise<DoorReply> {
    const parsed = orderSchema.safeParse(jsonOf(body));
    if (!parsed.success) return refusal(400, `the order is not understood: ${z.prettifyError(parsed.error)}`);
    const result = await this.#services.administer(parsed.data);
    return result ? { status: 200, body: result } : refusal(503, 'it has no database for tokens and hosts');
  }

  async #update(body: Uint8Array): Promise<DoorReply> {
    const parsed = updateSchema.safeParse(jsonOf(body));
    if (!parsed.success) return refusal(400, `the update is not understood: ${z.prettifyError(parsed.error)}`);
    const asker = administrator({ kind: 'command' }, undefined);
    const outcomes = await this.#services.update({ dialect: 'cli', asker, names: parsed.data.names });
    return { status: 200, body: outcomesMessage(outcomes) };
  }
}

function refusal(status: number, error: string): DoorReply {
  return { status, body: { error } };
}

/** Undefined for what is no JSON, which no schema takes. */
function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

function zoneOf(text: string): Name | undefined {
  try {
    return Name.parse(decodeURIComponent(text));
  } catch (error) {
    if (error instanceof NameSyntaxError || error instanceof URIError) return undefined;
    throw error;
  }
}
