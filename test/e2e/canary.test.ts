import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import type { CreatedTokenView } from '../../src/door/administration-orders.ts';
import { launchEmbedded } from '../support/embedded-service.ts';
import { freePort } from '../support/free-port.ts';
import { launchService, type ServiceUnderTest } from '../support/launch-service.ts';
import { nsupdate } from '../support/nsupdate.ts';
import { requirePeer } from '../support/peers.ts';
import { dyndns } from './cli-process.ts';
import { exchangeRaw } from './http-fixture.ts';

const zone = 'dyn.example.test';

/** A secret that nobody has by chance, and each way in which it could be written somewhere. */
interface Canary {
  readonly what: string;
  readonly texts: readonly string[];
}

function canary(what: string, text: string, ...others: readonly string[]): Canary {
  const encoded = Array.from(text, (letter) => `%${letter.charCodeAt(0).toString(16)}`).join('');
  // Of base64 the middle, whatever stands before it.
  const basics = ['', 'x', 'xx'].map((before) =>
    Buffer.from(before + text)
      .toString('base64')
      .slice(4, -4),
  );
  return { what, texts: [text, text.toLowerCase(), text.toUpperCase(), encoded, ...basics, ...others] };
}

function basic(user: string, secret: string): string {
  return `Authorization: Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
}

interface Sent {
  readonly request: readonly string[];
  readonly body?: string;
}

/** The secret in every place of every dialect, where it is right and where it does not belong. */
function requestsWith(secret: string): readonly Sent[] {
  const name = `home.${zone}`;
  const get = (target: string, ...headers: readonly string[]): Sent => ({
    request: [`GET ${target} HTTP/1.1`, ...headers],
  });
  const post = (target: string, body: string, ...headers: readonly string[]): Sent => ({
    request: [`POST ${target} HTTP/1.1`, ...headers, `Content-Length: ${Buffer.byteLength(body)}`],
    body,
  });
  const form = 'Content-Type: application/x-www-form-urlencoded';
  const bearer = `Authorization: Bearer ${secret}`;
  const json = 'Content-Type: application/json';
  const places = [secret, secret.toUpperCase(), encodeURIComponent(`${secret}ü`), `x${secret}`];
  const encoded = Array.from(secret, (letter) => `%${letter.charCodeAt(0).toString(16)}`).join('');
  return [
    ...[secret, encoded].flatMap((text) => [
      get(`/update-by-path/${text}/${name}/192.0.2.1`),
      get(`/update-by-query?secret=${text}&fqdn=${name}&ipv4=192.0.2.2`),
      get(`/delete-by-path/${text}/${name}`),
      get(`/nic/update?hostname=${name}&myip=192.0.2.3&password=${text}`),
      get(`/update?domains=home&token=${text}&ip=192.0.2.4&verbose=true`),
      get(`/update/home/${text}/192.0.2.5`),
      get(`/api/update?hostname=home&token=${text}&ipv4=192.0.2.6`),
      get(`/check?secret=${text}`),
      get(`/metrics?secret=${text}`),
    ]),
    ...places.flatMap((text) => [
      get(`/update-by-path/${text}x/${name}`),
      get(`/update-by-path/-/${text}.example.net`, bearer),
      get(`/update-by-path/-/${text}`, bearer),
      get(`/update-by-path/-/${name}/${text}`, bearer),
      get(`/update-by-query?fqdn=${text}..x&ttl=${text}`, bearer),
      get(`/update-by-query?fqdn=${name}&${text}=1`, bearer),
      get(`/nic/update?hostname=${text}&myip=${text}`, basic('u', secret)),
      get(`/nic/update?hostname=${name}&myip=${text}&myipv6=${text}/64`, basic('u', secret)),
      get(`/nic/update?hostname=${text}.${zone}`, basic(text, 'wrong-password')),
      get(`/nic/update?hostname=${name}`, basic(text, secret)),
      get(`/update?domains=${text}&token=${secret}&ip=${text}&txt=x`),
      get(`/api/update?hostname=${text}&token=${secret}&ipv4=${text}&ipv6prefix=${text}`),
      get(`/${text}`),
      get(`/api/v1/hosts/${text}`, bearer),
      get(`/api/v1/records/${text}.${zone}/${text}`, bearer),
      get(`/api/v1/updates?name=${text}&cursor=${text}`, bearer),
      get(`/api/v1/tokens/${text}`, bearer),
      post('/api/v1/tokens', JSON.stringify({ description: 1, scope: { names: [text], types: [text] } }), bearer, json),
      post('/present', JSON.stringify({ fqdn: text, value: 1 }), basic('u', secret), json),
      post('/update', JSON.stringify({ subdomain: text, txt: 'x' }), `X-Api-User: ${text}`, `X-Api-Key: ${secret}`),
      post('/register', JSON.stringify({ allowfrom: [text] }), basic('u', secret)),
    ]),
    get(`/nic/update?hostname=${name}&myip=192.0.2.7`, basic('router', secret)),
    get(`/nic/update?hostname=${name}&myip=192.0.2.8`, basic('router', secret), basic('router', secret)),
    get(`/nic/update?hostname=${name}&myip=192.0.2.9&password=${secret}1`, basic('router', secret)),
    get(`/nic/update?hostname=${name}`, `Authorization: Digest ${secret}`),
    get('/api/v1/me', bearer),
    get(`/api/v1/me?token=${secret}`),
    post('/nic/update', `hostname=${name}&myip=192.0.2.10&pwd=${secret}`, form),
    post('/update-by-query', `secret=${secret}&fqdn=${name}&ipv4=192.0.2.11`, form),
    post('/present', JSON.stringify({ fqdn: `_acme-challenge.${name}.`, value: 'proof' }), basic('u', secret), json),
    get(`/update-by-path/${secret}/%zz`),
    get(`/nic/update?password=${secret}&x=${'y'.repeat(9000)}`),
    { request: [`BREW /${secret} HTTP/1.1`] },
    { request: [`GET /${secret} HTTP/1.1`, `X y: ${secret}`] },
  ];
}

async function ask(service: ServiceUnderTest, { request, body = '' }: Sent): Promise<string> {
  const [line = '', ...headers] = request;
  const head = [line, 'Host: x', 'Connection: close', ...headers].join('\r\n');
  return await exchangeRaw(service.port, `${head}\r\n\r\n${body}`);
}

async function cli(service: ServiceUnderTest, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await dyndns(['-c', service.configurationFile, ...args], { directory: service.directory });
  return stdout + stderr;
}

/** Everything that lies in the directory of the service, but what holds the secrets by its nature. */
async function files(directory: string): Promise<readonly (readonly [string, string])[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const found: (readonly [string, string])[] = [];
  for (const entry of entries) {
    if (!entry.isFile() || entry.name === 'dyndns.yml') continue;
    found.push([entry.name, (await readFile(join(entry.parentPath, entry.name))).toString('latin1')]);
  }
  return found;
}

function search(canaries: readonly Canary[], places: readonly (readonly [place: string, text: string])[]): void {
  for (const [place, text] of places)
    for (const { what, texts } of canaries)
      for (const each of texts) {
        const at = text.indexOf(each);
        assert.ok(
          at < 0,
          `${what} is in ${place}: …${JSON.stringify(text.slice(Math.max(0, at - 80), at + each.length + 20))}`,
        );
      }
}

test('no secret is anywhere but where it was put', { timeout: 120_000 }, async (t) => {
  if (!requirePeer(t, 'nsupdate', 'dig')) return;
  await using embedded = await launchEmbedded(zone, { records: '@ A 192.0.2.53\n' });
  const { service } = embedded;
  const administrator = randomBytes(24).toString('hex').replaceAll(/^./g, 'Q');
  const zoneKey = embedded.key();
  await service.writeConfiguration({
    secret: administrator,
    zones: [{ name: zone, tsig_key: zoneKey.secret, tsig_key_name: zoneKey.name, tsig_algorithm: zoneKey.algorithm }],
    dns: { listen: `127.0.0.1:${embedded.dnsPort}` },
    database: 'sqlite:zones.db',
    acme_dns: { zone: `acme.${zone}` },
    log_level: 0,
  });
  await service.restart();
  const options = ['--name', `home.${zone}`, '--type', 'A,AAAA,acme', '--tsig', 'hmac-sha256', '--json'];
  const created = JSON.parse(await cli(service, 'token', 'create', ...options)) as CreatedTokenView;
  assert.ok(created.tsig);
  const rotated = JSON.parse(
    await cli(service, 'token', 'rotate', created.token.id, '--json', '--overlap', '1h'),
  ) as CreatedTokenView;
  assert.ok(rotated.tsig);
  const tsigSecrets = [created.tsig, rotated.tsig].map(({ secret }) => secret);
  const canaries = [
    canary('the administrator’s secret', administrator),
    canary('the token', created.secret),
    canary('the new token', rotated.secret),
    ...tsigSecrets.map((secret) => canary('a TSIG key', secret, Buffer.from(secret, 'base64').toString('latin1'))),
  ];
  const answers: (readonly [string, string])[] = [];
  for (const secret of [administrator, created.secret, rotated.secret])
    for (const sent of requestsWith(secret))
      answers.push([`the answer to ${sent.request[0]}`, await ask(service, sent)]);
  // Enough of them came through.
  assert.ok(answers.filter(([, text]) => text.startsWith('HTTP/1.1 200')).length > 50);
  for (const tsig of [created.tsig, rotated.tsig]) {
    const key = { name: tsig.key_name, secret: tsig.secret, algorithm: 'hmac-sha256' } as const;
    for (const owner of [`home.${zone}`, `other.${zone}`])
      await nsupdate({ port: embedded.dnsPort, zone, commands: [`add ${owner} 60 A 192.0.2.77`], key });
  }
  const told: (readonly [string, string])[] = [];
  for (const args of [
    ['config'],
    ['token', 'list', '--json'],
    ['token', 'show', created.token.id],
    ['host', 'list', '--json'],
    ['history', '--limit', '500', '--json'],
    ['history', `home.${zone}`],
    ['zone', 'export', zone],
    ['zone', 'list'],
    ['backup', 'copy.db'],
    ['check'],
    ['token', 'create', '--name', `${administrator}.example.net`],
    ['token', 'show', created.secret],
  ])
    told.push([`dyndns ${args.join(' ')}`, await cli(service, ...args)]);
  const bearer = { headers: { authorization: `Bearer ${administrator}` } };
  for (const path of [
    '/metrics',
    '/api/v1/tokens',
    '/api/v1/hosts',
    '/api/v1/updates?limit=500',
    '/api/openapi.json',
    '/check',
  ])
    told.push([path, (await service.get(path, bearer)).body]);
  await service.stop();
  assert.match(service.log(), /dyndns2/);
  // Those that a command line named are in its own answer at most.
  const ownWords = told.filter(([place]) => !canaries.some(({ texts }) => texts.some((text) => place.includes(text))));
  search(canaries, [['the log', service.log()], ...answers, ...ownWords, ...(await files(service.directory))]);
  const copies = (await files(service.directory)).map(([name]) => name);
  for (const name of ['copy.db', 'zones.db', 'token.key']) assert.ok(copies.includes(name), copies.join());
});

test('nor where no zone is hosted', { timeout: 60_000 }, async () => {
  const administrator = randomBytes(24).toString('hex');
  const nameserverPort = await freePort();
  await using service = await launchService({
    configuration: {
      secret: administrator,
      nameserver: '127.0.0.1',
      port: nameserverPort,
      zones: [{ name: zone, tsig_key: 'Zm9v' }],
      database: 'sqlite:zones.db',
      log_level: 0,
    },
  });
  const answers: (readonly [string, string])[] = [];
  for (const sent of requestsWith(administrator)) answers.push([String(sent.request[0]), await ask(service, sent)]);
  const told = await cli(service, 'history', '--json');
  await service.stop();
  search(
    [canary('the administrator’s secret', administrator)],
    [['the log', service.log()], ['the history', told], ...answers, ...(await files(service.directory))],
  );
});
