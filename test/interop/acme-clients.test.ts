import assert from 'node:assert/strict';
import type { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { fencedBlocks, shownCommands } from '../house/fenced-blocks.ts';
import { repositoryRoot } from '../house/walk-through.ts';
import { AcmeMachine, certbotPeers, legoPeers } from '../support/acme-clients.ts';
import {
  type CertificateAuthority,
  certificateAuthorityPeers,
  startCertificateAuthority,
} from '../support/certificate-authority.ts';
import { digSerial, digValues } from '../support/dig.ts';
import { type EmbeddedService, launchEmbedded } from '../support/embedded-service.ts';
import { freePort } from '../support/free-port.ts';
import { launchService } from '../support/launch-service.ts';
import { requirePeer } from '../support/peers.ts';
import { makeTestKey, type TestKey } from '../support/test-key.ts';
import { fillingRecords, historySince, valuesOverTime, type ZoneStep } from '../support/zone-history.ts';

const certbotFile = (name: string) => `/etc/letsencrypt/live/${name}/fullchain.pem`;
const legoFile = (name: string) => `/etc/lego/certificates/${name}.crt`;

/** The authority has issued it, for the name and all names below it. */
async function expectCertificate(
  machine: AcmeMachine,
  { root }: CertificateAuthority,
  file: string,
  name: string,
): Promise<void> {
  const chain = await machine.certificates(file);
  assert.ok(chain, `${file} is missing`);
  const names = chain[0]?.subjectAltName?.split(', ').sort();
  assert.deepEqual(names, [`DNS:*.${name}`, `DNS:${name}`]);
  const isFrom = (certificate: X509Certificate, issuer: X509Certificate) =>
    certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  assert.ok(chain.every((certificate, index) => isFrom(certificate, chain[index + 1] ?? root)));
  assert.ok(chain[0]?.checkHost(`www.${name}`));
}

type Asked = Pick<EmbeddedService, 'zone' | 'dnsPort' | 'key'>;

/** The challenges are gone again. @returns how many values stood there together, step by step */
async function challengesOf(service: Asked, steps: readonly ZoneStep[], name: string): Promise<readonly number[]> {
  const challenge = `_acme-challenge.${name}`;
  assert.deepEqual(await digValues({ port: service.dnsPort, name: challenge, type: 'TXT' }), []);
  return valuesOverTime(steps, challenge, 'TXT').map(({ length }) => length);
}

/** The key of the page, as tsig-keygen has made it. */
async function keyOf(machine: AcmeMachine, name: string): Promise<TestKey> {
  const secret = /secret "(.*)"/.exec(readFileSync(machine.path('/etc/dyndns.key'), 'utf8'))?.[1];
  assert.ok(secret !== undefined);
  return { name, algorithm: 'hmac-sha256', secret };
}

// They mostly wait, so they wait together.
describe('certificates by DNS', { concurrency: true }, () => {
  test("the lines of the operators' page get certificates for a name and all below it", async (t) => {
    if (!requirePeer(t, ...certbotPeers, ...legoPeers, ...certificateAuthorityPeers, 'tsig-keygen', 'dig')) return;
    const blocks = fencedBlocks(readFileSync(join(repositoryRoot, 'docs/operator/certificates.md'), 'utf8'));
    const dnsPort = await freePort();
    await using authority = await startCertificateAuthority(dnsPort);
    await using machine = await AcmeMachine.begin({ authority, dnsPort });
    await using stack = new AsyncDisposableStack();
    const zone = 'dyndns.example.com';
    let serial: number | undefined;
    for (const block of blocks) {
      if (block.file !== undefined && block.language === 'yaml') {
        // The zone comes last on the page, and may be told more of itself.
        const filling = fillingRecords.replaceAll(/^/gm, '      ');
        const configuration = `${machine.staged(block.text)}    records: |\n${filling}`;
        stack.use(await launchService({ configuration, readyWhen: 'ready' }));
        serial = await digSerial({ port: dnsPort, name: zone });
      } else if (block.file !== undefined) await machine.write(block.file, block.text);
      else if (block.language === 'sh')
        for (const { command } of shownCommands(block)) {
          const { exitCode, stdout, stderr } = await machine.run(command);
          assert.equal(exitCode, 0, `${command}\n${stdout}${stderr}${authority.log()}`);
        }
    }
    assert.ok(serial !== undefined, 'the page shows no configuration');
    const home = `home.${zone}`;
    const nas = `nas.${zone}`;
    await expectCertificate(machine, authority, certbotFile(home), home);
    await expectCertificate(machine, authority, legoFile(nas), nas);

    const key = await keyOf(machine, zone);
    const service = { zone, dnsPort, key: () => key };
    const steps = await historySince(service, serial);
    const atHome = await challengesOf(service, steps, home);
    assert.equal(
      Math.max(...atHome),
      2,
      `certbot proves both names at once, but there were ${atHome.join(', ')} values`,
    );
    assert.equal(atHome.at(-1), 0);
    assert.deepEqual(await challengesOf(service, steps, nas), [1, 0, 1, 0], 'lego proves one name after the other');
  });

  test('certbot as it is without an algorithm: HMAC-MD5, and here a key in capitals', async (t) => {
    if (!requirePeer(t, ...certbotPeers, ...certificateAuthorityPeers, 'dig')) return;
    const zone = 'dyn.example.test';
    const name = `cb.${zone}`;
    const key = makeTestKey(zone, 'hmac-md5');
    await using service = await launchEmbedded(zone, { key, records: fillingRecords });
    await using authority = await startCertificateAuthority(service.dnsPort);
    await using machine = await AcmeMachine.begin({ authority, dnsPort: service.dnsPort });
    const serial = await service.serial();
    await machine.write(
      '/etc/letsencrypt/capitals.ini',
      `dns_rfc2136_server = 192.0.2.53
dns_rfc2136_port = 53
dns_rfc2136_name = ${zone.toUpperCase()}.
dns_rfc2136_secret = ${key.secret}
`,
    );
    const credentials = '--dns-rfc2136-credentials /etc/letsencrypt/capitals.ini';
    const { exitCode, stdout, stderr } = await machine.run(
      `certbot certonly --dns-rfc2136 ${credentials} -d ${name} -d '*.${name}'`,
    );
    assert.equal(exitCode, 0, `${stdout}${stderr}${service.service.log()}`);
    await expectCertificate(machine, authority, certbotFile(name), name);
    const values = await challengesOf(service, await historySince(service, serial), name);
    assert.equal(Math.max(...values), 2);
    assert.equal(values.at(-1), 0);
  });

  test('two of lego at once, each with two names', async (t) => {
    if (!requirePeer(t, ...legoPeers, ...certificateAuthorityPeers, 'dig')) return;
    const zone = 'dyn.example.test';
    await using service = await launchEmbedded(zone, { records: fillingRecords });
    await using authority = await startCertificateAuthority(service.dnsPort);
    await using machine = await AcmeMachine.begin({ authority, dnsPort: service.dnsPort });
    const serial = await service.serial();
    const { secret } = service.key();
    await machine.write('/etc/lego/secret', secret);
    const settings = [
      'RFC2136_NAMESERVER=192.0.2.53:53',
      `RFC2136_TSIG_KEY=${zone}.`,
      'RFC2136_TSIG_ALGORITHM=hmac-sha512.',
      'RFC2136_TSIG_SECRET_FILE=/etc/lego/secret',
    ].join(' ');
    const names = ['first', 'second'].map((label) => `${label}.${zone}`);
    const runs = names.map((name, index) => {
      const path = `/etc/lego/${index}`;
      const options = `--path ${path} --email lego@example.com --accept-tos --dns rfc2136`;
      return machine.run(`${settings} lego ${options} -d ${name} -d '*.${name}' run`);
    });
    for (const { exitCode, stdout, stderr } of await Promise.all(runs)) assert.equal(exitCode, 0, stdout + stderr);
    const steps = await historySince(service, serial);
    for (const [index, name] of names.entries()) {
      await expectCertificate(machine, authority, `/etc/lego/${index}/certificates/${name}.crt`, name);
      assert.deepEqual(await challengesOf(service, steps, name), [1, 0, 1, 0]);
    }
  });
});
