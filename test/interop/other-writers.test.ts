import assert from 'node:assert/strict';
import { test } from 'node:test';

import { makeNames, makes, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { ask, deletePath, expectAddresses, expectAnswer, serveZones, updatePath, zoneOf } from './seed-service.ts';

const zone = 'dyn.example.test';

/** The service is not alone: nsupdate changes the same names, and whatever the service may remember is outdated then. */
for (const make of makeNames)
  test(`${makes[make].title}: what others change meanwhile is seen`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    await using nameserver = await startNameserver(make, { zones: [{ name: zone }] });
    await using service = await serveZones([zoneOf(nameserver, zone)]);
    const foreign = async (...lines: readonly string[]) => {
      const { status, text } = await nameserver.update(zone, lines);
      assert.equal(status, 'NOERROR', text);
    };
    /** A name that the service has given an address, which it may remember. */
    const known = async (label: string) => {
      const name = `${label}.${zone}`;
      await expectAnswer(service, updatePath(name, '192.0.2.1'), [
        `UPDATED: ${name}. A None -> 192.0.2.1`,
        `UNCHANGED: ${name}. AAAA None`,
      ]);
      return name;
    };

    await t.test('another value', async () => {
      const name = await known('other');
      await foreign(`update delete ${name}. A`, `update add ${name}. 60 A 192.0.2.99`);
      await expectAnswer(service, updatePath(name, '192.0.2.2'), [
        `UPDATED: ${name}. A 192.0.2.99 -> 192.0.2.2`,
        `UNCHANGED: ${name}. AAAA None`,
      ]);
      await expectAddresses(nameserver, name, { ipv4: ['192.0.2.2'] });
    });
    await t.test('one value more, and another family', async () => {
      const name = await known('more');
      await foreign(`update add ${name}. 300 A 192.0.2.99`, `update add ${name}. 60 AAAA 2001:db8::99`);
      await expectAnswer(service, updatePath(name, '192.0.2.2'), [
        `UPDATED: ${name}. A 192.0.2.1,192.0.2.99 -> 192.0.2.2`,
        `UPDATED: ${name}. AAAA 2001:db8::99 -> None`,
      ]);
      await expectAddresses(nameserver, name, { ipv4: ['192.0.2.2'] });
    });
    await t.test('the value is gone: the same one again is news', async () => {
      const name = await known('gone');
      await foreign(`update delete ${name}. A`);
      await expectAnswer(service, updatePath(name, '192.0.2.1'), [
        `UPDATED: ${name}. A None -> 192.0.2.1`,
        `UNCHANGED: ${name}. AAAA None`,
      ]);
      await foreign(`update delete ${name}. A`);
      await expectAnswer(service, deletePath(name), [
        `UNCHANGED: The deletion of the domain name '${name}.' was not executed because there were no A or AAAA records.`,
      ]);
    });
    await t.test('the value is there already', async () => {
      const name = await known('already');
      await foreign(`update delete ${name}. A`, `update add ${name}. 300 A 192.0.2.2`);
      await expectAnswer(service, updatePath(name, '192.0.2.2'), [
        `UNCHANGED: ${name}. A 192.0.2.2`,
        `UNCHANGED: ${name}. AAAA None`,
      ]);
    });
    await t.test('an alias in its place', async () => {
      const name = await known('alias');
      await foreign(`update delete ${name}. A`, `update add ${name}. 60 CNAME elsewhere.example.`);
      const line = `DNS_SERVER_ERROR: The name ${name}. is an alias for elsewhere.example., and an alias can have no addresses of its own.`;
      await expectAnswer(service, updatePath(name, '192.0.2.2'), [line], { status: 502 });
      assert.deepEqual(await nameserver.values(name, 'CNAME'), ['elsewhere.example.']);
    });
    await t.test('a wildcard above it, and the name itself is gone', async () => {
      const name = await known('host.wild');
      await foreign(`update delete ${name}. A`, `update add *.wild.${zone}. 60 A 192.0.2.200`);
      await expectAnswer(service, updatePath(name, '192.0.2.200'), [
        `UPDATED: ${name}. A None -> 192.0.2.200`,
        `UNCHANGED: ${name}. AAAA None`,
      ]);
    });
    await t.test('another writer that does not stop: every answer is true, and nothing is mixed', async () => {
      const name = await known('contested');
      const lines = Array.from({ length: 60 }, (_, round) => [
        `update delete ${name}. A`,
        `update add ${name}. 60 A 203.0.113.${round}`,
        'send',
      ]).flat();
      const over = new AbortController();
      const writing = foreign(...lines).finally(() => over.abort());
      const answers: string[] = [];
      for (let round = 0; !over.signal.aborted && round < 250; round += 1) {
        const { status, body } = await ask(service, updatePath(name, `198.51.100.${round}`));
        assert.match(
          `${status} ${body}`,
          /^200 UPDATED: |^502 DNS_SERVER_ERROR: The (?:nameserver 127\.0\.0\.1 answered NOERROR, but does not hold|records of contested\.\S+ were changed by others) /,
        );
        answers.push(body);
      }
      await writing;
      const updated = answers.filter((body) => body.startsWith('UPDATED: '));
      t.diagnostic(`${updated.length} of ${answers.length} updates beside another writer`);
      assert.equal((await nameserver.values(name, 'A')).length, 1);
      await expectAnswer(service, updatePath(name, '2001:db8::1'), [
        `UPDATED: ${name}. A ${(await nameserver.values(name, 'A')).join(',')} -> None`,
        `UPDATED: ${name}. AAAA None -> 2001:db8::1`,
      ]);
    });
  });
