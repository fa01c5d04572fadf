import type { GraphQLResolveInfo, SelectionNode } from 'graphql';
import type { Edge, Page, PageRequest } from '../data/rows.ts';

/** A page as Relay's connections show it, with the count of all pages, of which the page itself may tell. */
export interface Connection<Row> {
  readonly page: Page<Row>;
  countAll(): Promise<number>;
}

/** The resolvers that every connection type shares. */
export const connectionResolvers = {
  edges: <Row>({ page }: Connection<Row>): readonly Edge<Row>[] => page.edges,
  nodes: <Row>({ page }: Connection<Row>): readonly Row[] => page.edges.map((edge) => edge.node),
  pageInfo: ({ page }: Connection<unknown>) => ({
    hasNextPage: page.hasNextPage,
    hasPreviousPage: page.hasPreviousPage,
    startCursor: page.edges.at(0)?.cursor ?? null,
    endCursor: page.edges.at(-1)?.cursor ?? null,
  }),
  totalCount: ({ page, countAll }: Connection<unknown>) => page.totalCount ?? countAll(),
};

interface PageArguments {
  readonly first: number;
  readonly after?: string | null | undefined;
}

/** The rows are counted in the statement of the page where the connection's `totalCount` may be selected. */
export function toPageRequest({ first, after }: PageArguments, info: GraphQLResolveInfo): PageRequest {
  const isCounted = info.fieldNodes.some(({ selectionSet }) => mentions(selectionSet?.selections ?? [], info));
  return { first, after: after ?? undefined, isCounted };
}

function mentions(selections: readonly SelectionNode[], info: GraphQLResolveInfo): boolean {
  return selections.some((selection) => {
    switch (selection.kind) {
      case 'Field':
        return selection.name.value === 'totalCount';
      case 'InlineFragment':
        return mentions(selection.selectionSet.selections, info);
      default:
        return mentions(info.fragments[selection.name.value]?.selectionSet.selections ?? [], info);
    }
  });
}
