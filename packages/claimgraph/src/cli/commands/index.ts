import type { Command } from '../command.ts';
import { check } from './check.ts';
import { diff } from './diff.ts';
import { explain } from './explain.ts';
import { matrix } from './matrix.ts';
import { pool } from './pool.ts';
import { schema } from './schema.ts';

/** In the order of `--help`. */
export const commands: readonly Command[] = [check, matrix, diff, explain, schema, pool];
