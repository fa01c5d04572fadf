import { type GraphQLField, type GraphQLSchema, isAbstractType } from 'graphql';
import type { FieldPlan } from '../logic/fieldPlan.ts';
import { type FieldPlans, objectTypesOf } from './compilePermissions.ts';

/** A field that clients can select. */
export interface IndexedField {
  readonly plan: FieldPlan;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly typeName: string;
  /** Whether rows of its type can be asked for by id: the type implements an interface called `Node` (Relay). */
  readonly isOfNode: boolean;
}

/** Every field of every object type by its coordinate; introspection is not among them. */
export type FieldIndex = ReadonlyMap<string, IndexedField>;

export function createFieldIndex({
  schema,
  plans,
}: {
  readonly schema: GraphQLSchema;
  readonly plans: FieldPlans;
}): FieldIndex {
  const node = schema.getType('Node');
  const fields = objectTypesOf(schema).flatMap((type) => {
    const isOfNode = isAbstractType(node) && schema.isSubType(node, type);
    return Object.values(type.getFields()).flatMap((definition): readonly IndexedField[] => {
      const plan = plans.get(definition);
      return plan ? [{ plan, definition, typeName: type.name, isOfNode }] : [];
    });
  });
  return new Map(fields.map((field) => [field.plan.coordinate, field]));
}
