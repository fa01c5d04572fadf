import { type Compilable, type CompiledQuery, type RawBuilder, RawNode, sql } from 'kysely';
import type { VisibleRows } from './visibleRows.ts';

/** The values that a statement is executed with, as what stands for them while it is built. */
export type Parameters<Values> = { readonly [Name in keyof Values]: RawBuilder<Values[Name]> };

/** What stands among the parameters of a statement that is remembered. */
class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

// Each is some 2 KB. There are a few shapes, and as many filters as callers whose rows differ.
const maxRemembered = 300;

/**
 * A statement whose SQL is made once for each shape and each filter. `build` may depend on nothing but its arguments: the
 * visible rows, whose `key` says which they are, the shape, which is plain data, and the parameters.
 */
export function createStatement<Values extends Readonly<Record<string, unknown>>, Shape, Row>(
  build: (visible: VisibleRows, parameters: Parameters<Values>, shape: Shape) => Compilable<Row>,
) {
  const remembered = new Map<string, CompiledQuery<Row>>();
  return async (visible: VisibleRows, values: Values, shape: Shape): Promise<Row[]> => {
    const { rows } = await visible.db.executeQuery(bind(find(visible, values, shape), values));
    return rows;
  };

  function find(visible: VisibleRows, values: Values, shape: Shape): CompiledQuery<Row> {
    const compile = () => build(visible, toParameters(values), shape).compile();
    if (visible.key === undefined) return compile();
    const key = JSON.stringify([visible.key, shape]);
    const known = remembered.get(key);
    const found = known ?? withoutTree(compile());
    // The one that was not used for longest is forgotten first.
    remembered.delete(key);
    remembered.set(key, found);
    if (remembered.size > maxRemembered) for (const oldest of remembered.keys()) return forget(oldest, found);
    return found;
  }

  function forget(key: string, found: CompiledQuery<Row>): CompiledQuery<Row> {
    remembered.delete(key);
    return found;
  }
}

function toParameters<Values extends object>(values: Values): Parameters<Values> {
  const parameters = Object.keys(values).map((name) => [name, sql`${new Placeholder(name)}`]);
  return Object.fromEntries(parameters) as Parameters<Values>; // by its keys
}

function bind<Row>(compiled: CompiledQuery<Row>, values: Readonly<Record<string, unknown>>): CompiledQuery<Row> {
  const parameters = compiled.parameters.map((one) => (one instanceof Placeholder ? values[one.name] : one));
  return { ...compiled, parameters };
}

/** What a statement was made of is large, and only for plugins of Kysely, of which there are none. */
function withoutTree<Row>(compiled: CompiledQuery<Row>): CompiledQuery<Row> {
  return { ...compiled, query: RawNode.createWithSql(compiled.sql) };
}
