import { z } from 'zod';
import type { Role } from '../../../src/access/claims.ts';
import type { Region } from '../../../src/data/rows.ts';
import { type Answer, errorPart } from './history.ts';
import type { HttpAnswer } from './startNode.ts';

/** A business record of the demo user `usa-manager`; undefined when there is none. */
export type BusinessRecord =
  | { readonly role: Role; readonly regions: readonly Region[]; readonly paymentLimitUsd: number | null }
  | undefined;

/** Asks for claims, for a row that they limit, and for a field of it that they guard. */
export const question = '{ viewer { role regions paymentLimitUsd } company(id: "com_2") { boardNotes } }';

/** The observed user; the company com_2 is in the USA, this user is its manager, and its notes are `note-2`. */
export const observedUser = 'usa-manager';
export const observedManagerId = '10345';

/** What every node answers to the question as long as this is the record. */
export function answerFor(record: BusinessRecord): Answer {
  if (!record) return { viewer: toViewer(null, null, null), notes: 'null' };
  const { role, regions, paymentLimitUsd } = record;
  const seesAll = role === 'admin' || role === 'auditor';
  const seesCompany = seesAll || (role === 'manager' && regions.includes('USA'));
  return { viewer: toViewer(role.toUpperCase(), regions, paymentLimitUsd), notes: seesCompany ? '"note-2"' : 'null' };
}

function toViewer(role: string | null, regions: readonly string[] | null, paymentLimitUsd: number | null): string {
  return JSON.stringify({ role, regions, paymentLimitUsd });
}

const body = z.object({
  data: z
    .object({
      viewer: z
        .object({
          role: z.string().nullable(),
          regions: z.array(z.string()).nullable(),
          paymentLimitUsd: z.number().nullable(),
        })
        .nullable(),
      company: z.object({ boardNotes: z.string().nullable() }).nullable(),
    })
    .nullish(),
  errors: z
    .array(z.object({ path: z.array(z.unknown()).optional(), extensions: z.object({ code: z.string() }) }))
    .default([]),
});

/** An answer in its two parts; an error without a path stands for both. */
export function parseAnswer({ body: given }: HttpAnswer): Answer {
  const { data, errors } = body.parse(given);
  const errorAt = (field: string) => {
    const found = errors.find(({ path }) => path === undefined || path[0] === field);
    return found && errorPart(found.extensions.code);
  };
  const viewer = data?.viewer;
  return {
    viewer:
      errorAt('viewer') ?? toViewer(viewer?.role ?? null, viewer?.regions ?? null, viewer?.paymentLimitUsd ?? null),
    notes: errorAt('company') ?? JSON.stringify(data?.company?.boardNotes ?? null),
  };
}
