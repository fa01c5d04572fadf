import {
  allOf,
  defineConfig,
  masked,
  NotFoundError,
  publicField,
  requireArguments,
  requireClaims,
  requireRow,
  requireScope,
} from '../../../../src/index.ts';
import { personas } from './personas.ts';

interface Claims {
  readonly role: string;
}

const canRead = requireScope('shop/read');
const isManager = requireClaims('is a manager', ({ role }: Claims) => role === 'manager');

/** A small shop in which every kind of verdict occurs. */
export default defineConfig({
  typeDefs: [
    `type Query { name: String! orders(first: Int): [Order] }
     type Order { id: ID margin: Float note: String card: String }`,
  ],
  permissions: {
    Query: {
      name: publicField('it is on the door'),
      orders: allOf(
        canRead,
        requireArguments('asks for few', ({ first }: { readonly first?: number }) => (first ?? 0) < 10),
      ),
    },
    Order: {
      id: canRead,
      margin: allOf(canRead, isManager),
      note: allOf(
        canRead,
        requireRow('is from their own branch', () => true),
      ),
      card: allOf(
        canRead,
        masked(isManager, () => '…'),
      ),
    },
  },
  personas,
  run: {
    resolvers: {
      Query: {
        name: () => 'a shop',
        orders: () => ['1', '2', '3'].map((id) => ({ id, note: `note ${id}`, card: '4111' })),
      },
      Order: {
        margin: ({ id }: { readonly id: string }) => {
          throw id === '3' ? new NotFoundError('expected a ledger; got none') : new Error('the ledger is closed');
        },
      },
    },
    createContext: async (context) => context,
  },
});
