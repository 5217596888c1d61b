import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Fault } from '../../updates/fault.ts';
import { faultStatus } from '../status.ts';
import { problemStatus } from './problem-status.ts';
import { isProblem, type Problem, type ProblemCode, problemTitles } from './problem.ts';
import * as requestProblems from './request-problems.ts';

const { contentTooLarge, credentialProblem, invalidRequest, methodNotAllowed, cannotBeSo, unknown } = requestProblems;

const made: readonly Problem[] = [
  ...Object.values(requestProblems).filter((value) => typeof value === 'object' && isProblem(value)),
  contentTooLarge(1),
  invalidRequest([]),
  methodNotAllowed('GET'),
  cannotBeSo('it is so already'),
  ...(['host', 'name', 'token', 'records'] as const).map((what) => unknown(what, 'x')),
  ...(['wrong', 'expired', 'revoked', 'blocked', 'network', 'plain-http', 'guessing'] as const).map((reason) =>
    credentialProblem(reason, 1),
  ),
];

test('problems of requests have the status that the document tells of them', () => {
  for (const { code, status } of made) assert.equal(status, problemStatus(code), code);
});

test('every other problem is a fault, and has the status of that fault', () => {
  const ofRequests = new Set<ProblemCode>(made.map(({ code }) => code));
  const cause: Fault = { code: 'unreachable', nameserver: '192.0.2.53', reason: 'ECONNREFUSED' };
  const faults = (Object.keys(problemTitles) as ProblemCode[]).filter((code) => !ofRequests.has(code));
  assert.ok(faults.length > 20);
  for (const code of faults) assert.equal(problemStatus(code), faultStatus({ code, cause } as Fault), code);
});
