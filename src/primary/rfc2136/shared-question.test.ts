import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SharedQuestion } from './shared-question.ts';

/** A question that is answered when it is told to. */
function slowQuestion() {
  const deadlines: number[] = [];
  const answers: ((answer: string) => void)[] = [];
  const question = new SharedQuestion<string>((deadlineMs) => {
    deadlines.push(deadlineMs);
    return new Promise((resolve) => answers.push(resolve));
  });
  return { deadlines, answers, question };
}

test('whoever comes while a question is under way shares the next one, with the latest deadline', async () => {
  const { deadlines, answers, question } = slowQuestion();
  const first = question.ask(1);
  const later = [question.ask(2), question.ask(9), question.ask(3)];
  assert.deepEqual(deadlines, [1]);
  answers[0]?.('early');
  assert.equal(await first, 'early');
  await Promise.resolve();
  assert.deepEqual(deadlines, [1, 9]);
  answers[1]?.('late');
  for (const answer of await Promise.all(later)) assert.equal(answer, 'late');
  assert.equal(question.isUnderWay, false);
});

test('nothing is remembered', async () => {
  const { deadlines, answers, question } = slowQuestion();
  for (const number of [0, 1, 2]) {
    const answer = question.ask(number);
    answers[number]?.(`${number}`);
    assert.equal(await answer, `${number}`);
    await Promise.resolve();
  }
  assert.deepEqual(deadlines, [0, 1, 2]);
});
