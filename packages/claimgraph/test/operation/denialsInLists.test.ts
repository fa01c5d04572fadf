import { describe, expect, test } from 'vitest';
import { NotFoundError } from '../../src/errors.ts';
import { publicField, requireRowByToken, requireScope } from '../../src/rules/index.ts';
import { userWith } from '../support/callers.ts';
import { executeGuarded, guard } from '../support/guardedExecution.ts';
import { nextTurn } from '../support/until.ts';

interface Parcel {
  readonly id: number;
}

const canRead = requireScope('parcels/read');
const isTheFirst = requireRowByToken('is on the first', ({ id }: Parcel) => id === 1);

const secondOnes = {
  'is denied': { rule: isTheFirst, secret: () => 's' },
  throws: { rule: canRead, secret: ({ id }: Parcel) => (id === 1 ? 's' : fail()) },
  'is an error': { rule: canRead, secret: ({ id }: Parcel) => (id === 1 ? 's' : new NotFoundError('no secret')) },
  'is public and an error': {
    rule: publicField('nothing guards it'),
    secret: ({ id }: Parcel) => (id === 1 ? 's' : new NotFoundError('no secret')),
  },
  'is null': { rule: canRead, secret: ({ id }: Parcel) => (id === 1 ? 's' : null) },
};

// Vitest fails a run in which a rejection is left unhandled, as Node ends a process.
describe('a non-null field that takes its list away leaves no rejection of an earlier item unhandled', () => {
  test.each(Object.entries(secondOnes))('when it %s', async (_, { rule, secret }) => {
    const rejected: number[] = [];
    const label = async ({ id }: Parcel) => {
      await nextTurn();
      rejected.push(id);
      throw new NotFoundError('the label is not there');
    };
    const guarded = guard(
      'type Query { parcels: [Parcel!] } type Parcel { secret: String! label: String! }',
      { Query: { parcels: canRead }, Parcel: { secret: rule, label: canRead } },
      { Query: { parcels: () => [{ id: 1 }, { id: 2 }] }, Parcel: { secret, label } },
    );
    const query = '{ parcels { secret label } }';
    const { data, failures } = await executeGuarded(guarded, { query, principal: userWith('parcels/read') });
    expect(data).toEqual({ parcels: null });
    expect(failures.map(({ path }) => path)).toContain('parcels.1.secret');
    await expect.poll(() => rejected).toContain(1);
  });
});

function fail(): never {
  throw new NotFoundError('no secret');
}
