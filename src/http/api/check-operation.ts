import { z } from 'zod';
import { answer } from './api-schemas.ts';
import { emptySchema } from './field-schemas.ts';
import { type Operation, operation } from './operation.ts';

const checkSchema = answer(
  'Check',
  z.strictObject({
    passed: z.boolean(),
    findings: z.array(
      z.strictObject({
        word: z.string().meta({ description: 'How grave it is: `INFO`, `WARNING`, `CHECK_ERROR` …' }),
        text: z.string(),
      }),
    ),
  }),
);

const getCheck = operation(
  {
    id: 'getCheck',
    method: 'GET',
    path: '/check',
    tag: 'Check',
    summary: 'Examine every zone',
    description:
      'Asks each primary, tries an update of a name of its own, and explains what is wrong. It takes some seconds, and runs once at a time however many ask. For the administrator.',
    isAdministrators: true,
    parameters: emptySchema,
    query: emptySchema,
    answers: { 200: { description: 'What was found, also where it did not pass', schema: checkSchema } },
    problems: [],
    example: { answer: { passed: true, findings: [{ word: 'INFO', text: 'The update check passed: example.com' }] } },
  },
  async ({ check }) => {
    const { lines, passed } = await check();
    return { status: 200, content: { passed, findings: lines.map(finding) } };
  },
);

function finding(line: string): object {
  const [, word = 'INFO', text = line] = /^([A-Z_]+): ([^]*)$/.exec(line) ?? [];
  return { word, text };
}

export const checkOperations: readonly Operation[] = [getCheck];
