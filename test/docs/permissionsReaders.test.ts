import { expect, test } from 'vitest';
import { ask } from './orders/ask.ts';
import { accountant, askedAtSeconds, cashier, clerk, machine, nobody, type OrdersCaller } from './orders/callers.ts';
import { openShop } from './orders/shop.ts';
import { sectionOf, tableUnder } from './permissionsPage.ts';

// The table "Who reads what" of docs/permissions.md, asked cell by cell.

const heading = 'Who reads what';
const callers = Object.entries({ nobody, machine, clerk, cashier, accountant });
const [columns = [], scopes = [], claims = [], signIns = [], ...questions] = tableUnder(heading);
const words = new Map(
  [...sectionOf(heading).matchAll(/\*([a-z ]+)\*\sis `([A-Z_]+)`/g)].map(([, word = '', code = '']) => [code, word]),
);
const shop = openShop();

test('the table is about the callers who are asked for', () => {
  expect(columns.slice(1)).toEqual(callers.map(([name]) => name));
  expect(scopes.slice(1)).toEqual(
    callers.map(([, { principal }]) => {
      return [...principal.scopes].map((scope) => scope.replace('orders/', '')).join(', ') || 'none';
    }),
  );
  expect(claims.slice(1)).toEqual(
    callers.map(([, caller]) => {
      return caller.claims.state === 'found' ? Object.values(caller.claims.claims).join(', ') : 'none';
    }),
  );
  expect(signIns.slice(1)).toEqual(
    callers.map(([, { principal }]) => {
      return principal.kind === 'user' ? String(askedAtSeconds - principal.authTime) : 'never';
    }),
  );
});

test('there are questions, each with an answer for each caller', () => {
  expect(questions.length).toBeGreaterThan(10);
  for (const row of questions) expect(row.length).toBe(1 + callers.length);
});

test.each(questions)('%s is answered as the table says', async (question, ...cells) => {
  const answers = await Promise.all(callers.map(([, caller]) => answer(question.replaceAll('`', ''), caller)));
  expect(answers).toEqual(cells.map((cell) => cell.replaceAll('`', '')));
});

/** What a client gets of one root field, in the words of the table. */
async function answer(question: string, caller: OrdersCaller): Promise<string> {
  const isMutation = question.startsWith('mutation');
  const { data, errors = [] } = await ask(shop, isMutation ? question : `{ door: shopName ${question} }`, caller);
  if (!isMutation && !data) return '*no data*';
  const [error] = errors;
  if (error) return `*${words.get(String(error.extensions?.code)) ?? error.extensions?.code}*`;
  const { door: _door, ...asked } = data ?? {};
  return leavesOf(asked).join(', ') || 'none';
}

function leavesOf(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [String(value)];
}
