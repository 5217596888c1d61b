import { type FieldValues, keyPosition } from './fields.ts';
import { maxSecrets, secretExpected, secretMistake, type topFields } from './schema.ts';
import { readSecretFile, type SecretContext } from './secret-file.ts';
import type { YamlMapping } from './yaml-tree.ts';

/** The secrets of the HTTP API, from the configuration itself or from a file that holds one a line. */
export async function readSecrets(
  top: YamlMapping,
  values: FieldValues<typeof topFields>,
  context: SecretContext,
): Promise<readonly string[]> {
  const { problems } = context;
  if (!top.entries.has('secret') && !top.entries.has('secret_file')) {
    problems.add(top.position, `secret is missing; add secret or secret_file: ${secretExpected}`);
  }
  if (top.entries.has('secret') && top.entries.has('secret_file')) {
    problems.add(keyPosition(top, 'secret_file'), 'secret and secret_file are both here; keep one of the two');
  }
  const fromFile = values.secret_file === undefined ? [] : await secretsOfFile(values.secret_file, top, context);
  const secrets = values.secret ?? fromFile;
  if (secrets.length > 1 && secrets[0] === secrets[1]) {
    const key = values.secret ? 'secret' : 'secret_file';
    problems.add(keyPosition(top, key), `${key} holds the same secret twice; keep one, or make them differ`);
  }
  return secrets;
}

async function secretsOfFile(written: string, top: YamlMapping, context: SecretContext): Promise<readonly string[]> {
  const { problems } = context;
  const position = top.entries.get('secret_file')?.value.position ?? top.position;
  const file = await readSecretFile(written, position, context);
  if (!file) return [];
  const lines = file.text.split('\n').map((line, index) => ({ number: index + 1, text: line.trim() }));
  const secrets = lines.filter((line) => line.text !== '');
  if (secrets.length === 0 || secrets.length > maxSecrets) {
    const found = secrets.length === 0 ? 'no secret' : `${secrets.length} lines`;
    problems.addTo(
      file.path,
      undefined,
      `the file holds ${found}; it holds one secret, or two on two lines while it is being changed`,
      position,
    );
  }
  for (const { number, text } of secrets) {
    const mistake = secretMistake(text);
    if (mistake !== undefined) {
      problems.addTo(file.path, { line: number, column: 1 }, `the secret ${mistake}; ${secretExpected}`, position);
    }
  }
  return secrets.map(({ text }) => text);
}
