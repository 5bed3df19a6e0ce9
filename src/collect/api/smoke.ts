import type { ApiListener, PathForm } from '../../model/api-authentication';
import type { Route } from './catalogue';
import { harmlessPath, legacyPath } from './paths';
import { pathForms, strangerCredentials, writePath, type StrangerCredential } from './strangers';

/** One request of a stranger. */
export interface StrangerAttempt {
  /** `either`: over one of the two REST listeners, whichever serves. */
  readonly over: ApiListener | 'either';
  readonly credential: StrangerCredential;
  readonly method: string;
  readonly form: PathForm;
  readonly path: string;
}

export type Thoroughness = 'smoke' | 'full';

/** The endpoint on which everything is tried: it is in every version, and every role but `default` may list it. */
export function isRepresentative({ endpoint, version }: Route): boolean {
  return version === 'v3.1' && endpoint.id === 'GET /blueprints';
}

/**
 * What strangers send to one endpoint. Every endpoint is asked once without credentials; all else is asked of a
 * representative, because Cloudify 7.1 authenticates in one place for all. `full` believes none of that.
 */
export function strangersOf(route: Route, thoroughness: Thoroughness): readonly StrangerAttempt[] {
  const plain = harmlessPath(route);
  const { method } = route.endpoint;
  const ask =
    (over: StrangerAttempt['over']) =>
    (credential: StrangerCredential): StrangerAttempt => ({
      over,
      credential,
      method,
      form: 'plain',
      path: plain,
    });
  const write =
    (over: StrangerAttempt['over']) =>
    (form: (typeof pathForms)[number]): StrangerAttempt => ({
      over,
      credential: 'none',
      method,
      form,
      path: writePath(plain, form),
    });
  const whole = thoroughness === 'full';
  const head: StrangerAttempt = { ...ask('rest-external')('none'), method: 'HEAD' };
  const legacy = method === 'GET' && (whole || !plain.includes('cfy-audit')) ? legacyPath(plain) : null;
  const rewritten: readonly StrangerAttempt[] =
    legacy === null ? [] : [{ ...ask('either')('none'), form: 'legacy-rewrite', path: legacy }];
  if (isRepresentative(route)) {
    return [
      ...[...(['none'] as const), ...strangerCredentials].map(ask('rest-external')),
      ...[...(['none'] as const), ...(whole ? strangerCredentials : strangerCredentials.slice(0, 2))].map(
        ask('rest-internal'),
      ),
      ...pathForms.map(write('rest-external')),
      ...(whole ? pathForms : pathForms.slice(0, 2)).map(write('rest-internal')),
      head,
      ...[ask('http')('none'), ask('rest-local')('none'), ask('rest-local')('unknown-token')],
      ask('api-local')('none'),
    ];
  }
  if (!whole) return [ask('either')('none'), ...rewritten];
  const everything = [...(['none'] as const), ...strangerCredentials];
  return [
    ...everything.map(ask('rest-external')),
    ...everything.map(ask('rest-internal')),
    ...(method === 'GET' ? [head] : []),
    ...rewritten,
  ];
}

/** Whether the catalogue is held against an anonymous OPTIONS: on one endpoint a version, or on all. */
export function asksOptions({ endpoint }: Route, thoroughness: Thoroughness): boolean {
  return thoroughness === 'full' || endpoint.id.startsWith('GET /blueprints');
}
