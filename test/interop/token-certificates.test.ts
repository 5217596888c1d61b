import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { HistoryView } from '../../src/door/administration-orders.ts';
import { AcmeMachine, certbotPeers, legoPeers } from '../support/acme-clients.ts';
import { certificateAuthorityPeers, startCertificateAuthority } from '../support/certificate-authority.ts';
import { requirePeer } from '../support/peers.ts';
import { launchTokenService, primaryKinds } from '../support/token-service.ts';

const zone = 'dyndns.example.test';

async function expectCertificate(machine: AcmeMachine, file: string, ...names: readonly string[]): Promise<void> {
  const [own] = (await machine.certificates(file)) ?? [];
  assert.ok(own, `${file} is missing`);
  assert.deepEqual(
    own.subjectAltName?.split(', ').toSorted((a, b) => (a < b ? -1 : 1)),
    names.map((name) => `DNS:${name}`),
  );
}

describe('certificates with a token', { concurrency: true }, () => {
  for (const kind of primaryKinds)
    test(`lego by httpreq, in both of its modes, on ${kind}`, async (t) => {
      if (!requirePeer(t, ...legoPeers, ...certificateAuthorityPeers, 'named', 'dig')) return;
      await using opened = await launchTokenService(kind, zone);
      await using authority = await startCertificateAuthority(opened.dnsPort);
      await using machine = await AcmeMachine.begin({ authority, dnsPort: opened.dnsPort });
      const lego = '--path /etc/lego --accept-tos --email a@example.org --dns httpreq';
      for (const mode of ['', 'RAW']) {
        const name = `${mode.toLowerCase() || 'plain'}.${zone}`;
        const { secret } = await opened.token('--name', name, '--type', 'acme');
        const settings = `HTTPREQ_ENDPOINT=${opened.service.baseUrl}/dns HTTPREQ_USERNAME=u HTTPREQ_PASSWORD=${secret}`;
        const pace = `HTTPREQ_POLLING_INTERVAL=1 HTTPREQ_PROPAGATION_TIMEOUT=20 HTTPREQ_MODE=${mode}`;
        const told = await machine.run(`${settings} ${pace} lego ${lego} -d ${name} run`);
        assert.equal(told.exitCode, 0, `${told.stdout}${told.stderr}${opened.service.log()}`);
        await expectCertificate(machine, `/etc/lego/certificates/${name}.crt`, name);
        assert.deepEqual(await opened.values(`_acme-challenge.${name}`, 'TXT'), []);
        const history = await opened.cli<readonly HistoryView[]>('history', `_acme-challenge.${name}`);
        assert.deepEqual(
          history.map(({ dialect, after }) => [dialect, after.length]),
          [
            ['httpreq', 0],
            ['httpreq', 1],
          ],
        );
      }
    });

  test('certbot by DNS UPDATE, with a token as its key', async (t) => {
    if (!requirePeer(t, ...certbotPeers, ...certificateAuthorityPeers, 'dig')) return;
    await using opened = await launchTokenService('embedded', zone);
    await using authority = await startCertificateAuthority(opened.dnsPort);
    await using machine = await AcmeMachine.begin({ authority, dnsPort: opened.dnsPort });
    const certify = async (name: string, owner: string) => {
      const { tsig } = await opened.token('--name', owner, '--type', 'acme', '--tsig', 'hmac-sha256');
      assert.ok(tsig);
      const settings = { server: '192.0.2.53', port: '53', name: tsig.key_name, secret: tsig.secret };
      const lines = Object.entries({ ...settings, algorithm: 'HMAC-SHA256' }).map(
        ([key, value]) => `dns_rfc2136_${key} = ${value}\n`,
      );
      const file = `/etc/letsencrypt/${name}.ini`;
      await machine.write(file, lines.join(''));
      const names = `-d ${name} -d '*.${name}'`;
      return await machine.run(`certbot certonly --dns-rfc2136 --dns-rfc2136-credentials ${file} ${names}`);
    };
    const name = `cb.${zone}`;
    const done = await certify(name, name);
    assert.equal(done.exitCode, 0, `${done.stdout}${done.stderr}${opened.service.log()}`);
    await expectCertificate(machine, `/etc/letsencrypt/live/${name}/fullchain.pem`, `*.${name}`, name);
    assert.deepEqual(await opened.values(`_acme-challenge.${name}`, 'TXT'), []);
    const refused = await certify(`other.${zone}`, `mine.${zone}`);
    assert.notEqual(refused.exitCode, 0);
    assert.equal(await machine.certificates(`/etc/letsencrypt/live/other.${zone}/fullchain.pem`), undefined);
  });
});
