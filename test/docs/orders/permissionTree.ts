import type { FieldRule, TypeRules } from '../../../packages/claimgraph/src/rules/index.ts';
import type { OrderLineRow, OrderRow } from './rows.ts';

type Root = Record<PropertyKey, never>;

export interface PageArgs {
  readonly first: number;
  readonly orderBy: 'NUMBER' | 'MARGIN';
}

export interface RefundArgs {
  readonly id: string;
  readonly amount: number;
}

interface IdArgs {
  readonly id: string;
}

/** As `src/codegen/permissionTree.ts` writes it for schema.graphql. */
export type PermissionTree = {
  readonly Mutation: TypeRules<Root, { readonly refundOrder: FieldRule<Root, RefundArgs> }>;
  readonly Order: TypeRules<
    OrderRow,
    {
      readonly customerEmail: FieldRule<OrderRow, object>;
      readonly id: FieldRule<OrderRow, object>;
      readonly lines: FieldRule<OrderRow, object>;
      readonly margin: FieldRule<OrderRow, object>;
      readonly marginPercent: FieldRule<OrderRow, object>;
      readonly note: FieldRule<OrderRow, object>;
      readonly number: FieldRule<OrderRow, object>;
      readonly total: FieldRule<OrderRow, object>;
    }
  >;
  readonly OrderLine: TypeRules<
    OrderLineRow,
    { readonly product: FieldRule<OrderLineRow, object>; readonly supplier: FieldRule<OrderLineRow, object> }
  >;
  readonly Query: TypeRules<
    Root,
    {
      readonly catalogue: FieldRule<Root, object>;
      readonly node: FieldRule<Root, IdArgs>;
      readonly order: FieldRule<Root, IdArgs>;
      readonly orders: FieldRule<Root, PageArgs>;
      readonly shopName: FieldRule<Root, object>;
      readonly yearEnd: FieldRule<Root, object>;
    }
  >;
  readonly YearEnd: TypeRules<
    object,
    { readonly profit: FieldRule<object, object>; readonly revenue: FieldRule<object, object> }
  >;
  readonly Node?: TypeRules<OrderRow, { readonly id?: FieldRule<OrderRow, object> }>;
  readonly OrderField?: TypeRules<unknown, { readonly MARGIN: FieldRule; readonly NUMBER: FieldRule }>;
  readonly RefundOptions?: TypeRules<unknown, { readonly keepsGoods: FieldRule; readonly reason: FieldRule }>;
  readonly RefundReason?: TypeRules<unknown, { readonly BROKEN: FieldRule; readonly GOODWILL: FieldRule }>;
};
