import type { TsigKey } from '../dns/tsig.ts';
import type { DnsConfig } from './config.ts';
import { dnsFields } from './dns-schema.ts';
import { readFields, readSection } from './fields.ts';
import { keyFields } from './schema.ts';
import type { SecretContext } from './secret-file.ts';
import { readTsigKey } from './tsig-key.ts';
import type { YamlMapping } from './yaml-tree.ts';

const defaultListen = { host: '127.0.0.1', port: 5300 };
const maxTransferKeys = 64;
const defaultRateLimitPerSecond = 50;

/** What the built-in nameserver is told, besides its zones. */
export async function readDns(top: YamlMapping, context: SecretContext): Promise<DnsConfig> {
  const { problems } = context;
  const expected = 'it holds listen, ns, transfer_keys, transfer_networks, notify, rate_limit and resolver';
  const section = readSection(top, 'dns', expected, problems);
  const values = section
    ? readFields(section, dnsFields, problems, { prefix: 'dns.', sections: ['transfer_keys'] })
    : {};
  return {
    listen: values.listen ?? [defaultListen],
    nameservers: values.ns ?? [],
    transferKeys: section ? await readTransferKeys(section, context) : [],
    transferNetworks: values.transfer_networks ?? [],
    notify: values.notify ?? [],
    rateLimitPerSecond: values.rate_limit ?? defaultRateLimitPerSecond,
    resolvers: values.resolver ?? [],
  };
}

async function readTransferKeys(section: YamlMapping, context: SecretContext): Promise<readonly TsigKey[]> {
  const { problems } = context;
  const list = section.entries.get('transfer_keys')?.value;
  if (!list) return [];
  const expected = 'it is a list of keys, each with tsig_key_name and tsig_key, or with tsig_key_file';
  if (list.kind !== 'list' || list.items.length > maxTransferKeys) {
    problems.add(list.position, `dns.transfer_keys holds no list of at most ${maxTransferKeys} keys; ${expected}`);
    return [];
  }
  const keys: TsigKey[] = [];
  for (const item of list.items) {
    if (item.kind !== 'mapping') {
      problems.add(item.position, `this is no key; ${expected}`);
      continue;
    }
    const values = readFields(item, keyFields, problems);
    if (item.entries.has('tsig_key') && !item.entries.has('tsig_key_name'))
      problems.add(item.position, 'this key has no name; add tsig_key_name');
    const key = await readTsigKey(item, values, context, 'this key is empty; add tsig_key or tsig_key_file');
    if (key) keys.push(key);
  }
  return keys;
}
