import { readRefusals } from '../readRefusals.ts';
import { type CanAnswer, type CanContext, parseCanAnswer } from './canAnswer.ts';

/** A question to `viewer.can`. */
export interface CanQuestion extends CanContext {
  readonly field: string;
}

/** Sends an operation and resolves with what came of it, in any form that `readRefusals` takes; may reject. */
export type SendCan = (query: string, variables: Readonly<Record<string, unknown>>) => Promise<unknown>;

// Limits of the API (docs/can.md): fields of one question, and of one operation.
const maxFieldsOfQuestion = 100;
const maxFieldsOfOperation = 1_000;

/** Asks many questions in as few operations as the API's limits allow; answers in their order, of which none rejects. */
export async function askCan(questions: readonly CanQuestion[], send: SendCan): Promise<readonly CanAnswer[]> {
  const operations = chunks(questions, maxFieldsOfOperation).map((part) => askOperation(part, send));
  return (await Promise.all(operations)).flat();
}

async function askOperation(questions: readonly CanQuestion[], send: SendCan): Promise<readonly CanAnswer[]> {
  const groups = groupQuestions(questions);
  const variables: Record<string, unknown> = {};
  const definitions: string[] = [];
  const selections = groups.map((group, index) => {
    const given = [
      ['fields', '[String!]!', group.questions.map(({ field }) => field)],
      ['id', 'ID', group.id],
      ['arguments', 'JSON', group.arguments],
    ] as const;
    const passed = given.filter(([, , value]) => value !== undefined);
    for (const [name, type, value] of passed) {
      variables[`${name}${index}`] = value;
      definitions.push(`$${name}${index}: ${type}`);
    }
    const args = passed.map(([name]) => `${name}: $${name}${index}`).join(', ');
    return `q${index}: can(${args}) { field allowed code requiredScopes perRow perArguments masked }`;
  });
  const query = `query Can(${definitions.join(', ')}) { viewer { ${selections.join(' ')} } }`;
  const result = await sendSafely(query, variables, send);
  const { why } = readRefusals(result);
  const viewer = Object(Object(result).data).viewer;
  const answers = new Map<CanQuestion, CanAnswer>();
  groups.forEach((group, index) => {
    const given = Object(Object(viewer)[`q${index}`]);
    const absence = why('viewer', `q${index}`);
    const unknown = { state: 'unavailable', allowed: false, why: absence === 'none' ? 'failed' : absence } as const;
    group.questions.forEach((question, at) => {
      answers.set(question, parseCanAnswer(given[at]) ?? unknown);
    });
  });
  return questions.flatMap((question) => answers.get(question) ?? []);
}

/** What is thrown is read like what is answered. */
async function sendSafely(
  query: string,
  variables: Readonly<Record<string, unknown>>,
  send: SendCan,
): Promise<unknown> {
  try {
    return await send(query, variables);
  } catch (error) {
    return { error };
  }
}

interface QuestionGroup extends CanContext {
  readonly questions: readonly CanQuestion[];
}

/** Questions about the same object and arguments, which go into one `can`. */
function groupQuestions(questions: readonly CanQuestion[]): readonly QuestionGroup[] {
  const groups = new Map<string, CanQuestion[]>();
  for (const question of questions) {
    const key = JSON.stringify([question.id, question.arguments]);
    groups.set(key, [...(groups.get(key) ?? []), question]);
  }
  return [...groups.values()].flatMap((group) =>
    chunks(group, maxFieldsOfQuestion).map((part) => ({ ...part[0], questions: part })),
  );
}

function chunks<T>(values: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, at) => values.slice(at * size, (at + 1) * size));
}
