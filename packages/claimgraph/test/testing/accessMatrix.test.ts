import { expect, test } from 'vitest';
import { printAccessMatrix } from '../../src/testing/accessMatrix.ts';
import { libraryPersonas, openLibrary } from './library.ts';

test('every field and every persona have a cell that says what is known before the field is executed', () => {
  expect(`\n${printAccessMatrix(openLibrary(), libraryPersonas)}`).toMatchInlineSnapshot(`
    "
    field          visitor                 librarian     tired librarian                          member            newcomer          stranger                   stock-taker
    Query.motto    allowed                 allowed       allowed                                  allowed           allowed           allowed                    allowed
    Query.books    denied UNAUTHENTICATED  per argument  per argument                             per argument      per argument      denied INSUFFICIENT_SCOPE  per argument
    Query.takings  denied UNAUTHENTICATED  allowed       denied INSUFFICIENT_USER_AUTHENTICATION  denied FORBIDDEN  denied FORBIDDEN  denied INSUFFICIENT_SCOPE  denied FORBIDDEN
    Book.title     denied UNAUTHENTICATED  allowed       allowed                                  allowed           allowed           denied INSUFFICIENT_SCOPE  allowed
    Book.price     denied UNAUTHENTICATED  per row       per row                                  per row           denied FORBIDDEN  denied INSUFFICIENT_SCOPE  per row
    Book.borrower  denied UNAUTHENTICATED  allowed       allowed                                  masked            masked            denied INSUFFICIENT_SCOPE  allowed
    Book.branch    denied UNAUTHENTICATED  allowed       allowed                                  allowed           allowed           denied INSUFFICIENT_SCOPE  allowed
    "
  `);
});
