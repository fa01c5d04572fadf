import { createGuardedSchema } from '../../src/guard/guardedSchema.ts';
import type { Persona } from '../../src/inspect/persona.ts';
import {
  allOf,
  masked,
  needsClaims,
  publicField,
  requireArguments,
  requireClaims,
  requireRecentSignIn,
  requireRow,
  requireScope,
} from '../../src/rules/index.ts';

/** The small schema of the kit's own tests: a library that lends books. */
export interface LibraryClaims {
  readonly role: 'librarian' | 'member';
  readonly branch: string;
}

interface Book {
  readonly title: string;
  readonly branch: string;
  readonly price: number;
  readonly borrower: string | null;
}

const books: readonly Book[] = [
  { title: 'Emma', branch: 'north', price: 9, borrower: 'Ada' },
  { title: 'Ulysses', branch: 'south', price: 19, borrower: null },
];

const canRead = requireScope('library/read');
const isLibrarian = requireClaims('is a librarian', ({ role }: LibraryClaims) => role === 'librarian');
const isInTheirBranch = requireRow("is in the caller's branch", (book: Book, { branch }: LibraryClaims) => {
  return book.branch === branch;
});
const asksForFew = requireArguments('asks for at most 10', ({ first }: { readonly first: number }) => first <= 10);

export function openLibrary(rows: readonly Book[] = books) {
  return createGuardedSchema({
    typeDefs: [
      `type Query { motto: String books(first: Int! = 10): [Book!] takings: Int }
       type Book { title: String price: Int borrower: String branch: String }`,
    ],
    resolvers: { Query: { motto: () => 'read', books: () => rows, takings: () => 28 } },
    permissions: {
      Query: {
        motto: publicField('it is carved over the door'),
        books: allOf(canRead, asksForFew, needsClaims('sees the books')),
        takings: allOf(canRead, requireRecentSignIn(300), isLibrarian),
      },
      Book: {
        '*': canRead,
        price: allOf(canRead, isInTheirBranch),
        borrower: allOf(
          canRead,
          masked(isLibrarian, () => 'somebody'),
        ),
      },
    },
  });
}

export const libraryPersonas = {
  visitor: { kind: 'anonymous' },
  librarian: { kind: 'user', scopes: ['library/read'], claims: { role: 'librarian', branch: 'north' } },
  'tired librarian': {
    kind: 'user',
    scopes: ['library/read'],
    claims: { role: 'librarian', branch: 'north' },
    authAgeSeconds: 3_000,
  },
  member: { kind: 'user', subject: 'member-1', scopes: ['library/read'], claims: { role: 'member', branch: 'south' } },
  newcomer: { kind: 'user', clientId: 'kiosk', scopes: ['library/read'] },
  stranger: { kind: 'user', scopes: [], claims: { role: 'member', branch: 'south' } },
  'stock-taker': { kind: 'machine', scopes: ['library/read'], claims: { role: 'librarian', branch: 'south' } },
} satisfies Readonly<Record<string, Persona<LibraryClaims>>>;
