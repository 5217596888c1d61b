import assert from 'node:assert/strict';

import { typeName } from '../../src/dns/codes.ts';
import { Name } from '../../src/dns/name.ts';
import { defaultPrimaryLimits } from '../../src/primary/limits.ts';
import { PrimaryPool } from '../../src/primary/primary-pool.ts';
import { systemClock } from '../../src/updates/clock.ts';
import { primaryContract } from '../contract/primary-contract.ts';
import { makeNames, makes, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { describeZone } from './doctor-examination.ts';

const zone = 'dyn.example.test';

/** What {@link primaryContract} demands of every primary, tried on each make of nameserver; dig is the judge. */
for (const make of makeNames)
  primaryContract(makes[make].title, async (t, records) => {
    if (!requirePeer(t, ...makes[make].peers)) return undefined;
    // BIND by itself refuses addresses at underscored names.
    const served = { name: zone, records, bindStatements: 'check-names ignore;' };
    const nameserver = await startNameserver(make, { zones: [served] });
    const pool = new PrimaryPool({
      clock: systemClock,
      limits: defaultPrimaryLimits,
      observer: { batchSent: () => {}, primaryAnswered: () => {} },
    });
    const managed = pool.directory([describeZone(nameserver.port, zone, nameserver.key(zone))]).find(Name.parse(zone));
    assert.ok(managed);
    return {
      primary: managed.primary,
      zone: managed.name,
      lookUp: (name, type) => nameserver.values(name.toString(), typeName(type)),
      serial: () => nameserver.serial(zone),
      async [Symbol.asyncDispose]() {
        await pool[Symbol.asyncDispose]();
        await nameserver[Symbol.asyncDispose]();
      },
    };
  });
