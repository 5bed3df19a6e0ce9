import type { HttpResult } from '../../../protocol/http';
import type { CollectContext } from '../../collector';
import { credentialHeaders, tenantHeaders, workingCredential } from '../credentials';
import type { ApiSession } from '../session';
import type { Actor } from './actors';

/** One request before it belongs to anybody. */
export interface Form {
  readonly method: string;
  readonly path: string;
  /** JSON; left out, no body and no Content-Type. */
  readonly body?: string;
}

/** Asks as an actor, in its tenant. */
export function askAs(
  session: ApiSession,
  { user, tenant }: Actor,
  form: Form,
  context: CollectContext,
): Promise<HttpResult> {
  const credential = workingCredential(user);
  const headers = [...(credential === null ? [] : credentialHeaders(credential)), ...tenantHeaders(tenant)];
  return session.ask({ ...form, headers, secret: true }, context);
}
