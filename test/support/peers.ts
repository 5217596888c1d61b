import type { TestContext } from 'node:test';

import { isThere, packageOf, whyNotInstallable } from './debian-packages.ts';

/** How `npm test` hands on, to the tests of a package, why it could not install it. */
export const provisioningFaultVariable = 'DYNDNS_TEST_PROVISIONING_FAULT';

/**
 * Says whether the programs that a test needs are here, or other files of {@link ./debian-packages.ts}, and skips the test
 * with the reason when they are not:
 *
 *     if (!requirePeer(t, 'named', 'dig')) return;
 *
 * With `CI=true` a missing program is a failure, lest a suite that tries nothing pass.
 */
export function requirePeer(t: TestContext, ...evidence: readonly string[]): boolean {
  const missing = evidence.filter((each) => !isThere(each));
  if (missing.length === 0) return true;
  const what = missing.map((each) => `${each} (Debian package ${packageOf(each)})`).join(' and ');
  const reason = `${what} not installed: ${whyMissing()}`;
  if (process.env['CI'] === 'true') throw new Error(reason);
  t.skip(reason);
  return false;
}

function whyMissing(): string {
  const fault = process.env[provisioningFaultVariable];
  if (fault !== undefined && fault !== '') return fault;
  const obstacle = whyNotInstallable();
  return obstacle === undefined ? 'npm test installs it' : `npm test cannot install it, for ${obstacle}`;
}
