import type { Edge, Page } from '../data/rows.ts';

/** A page as Relay's connections show it, with the count of all pages asked for only when it is selected. */
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
  totalCount: ({ countAll }: Connection<unknown>) => countAll(),
};
