import type { Authorization } from '../permissions/authorization.ts';

/** What every resolver gets, whatever the domain. Made anew for each request; shared by nothing. */
export interface RequestContext<C = unknown> {
  readonly requestId: string;
  readonly authorization: Authorization<C>;
}
