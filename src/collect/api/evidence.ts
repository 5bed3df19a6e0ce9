import type { ApiAuthentication } from '../../model/api-authentication';
import type { EvidenceOf, Subject } from '../../model/evidence';
import type { Manager, Target } from '../../model/target';
import type { CollectContext } from '../collector';
import type { Controls } from './actors';
import type { Sessions } from './ask-strangers';
import { fold } from './attempt';
import type { Route } from './catalogue';
import type { Thoroughness } from './stranger-attempts';
import type { StrangerCredential } from './strangers';
import type { Guess } from './wrong-password';

/** What the tasks of one manager have in common. */
export interface Surroundings {
  readonly target: Target;
  readonly manager: Manager;
  readonly sessions: Sessions;
  readonly controls: Controls;
  readonly thoroughness: Thoroughness;
  /** Where a smoke run shows credentials of nobody's; empty in others. */
  readonly examples: ReadonlyMap<Route, readonly StrangerCredential[]>;
  /** Users who can show that an endpoint works. */
  readonly actors: readonly string[];
  /** The one wrong password of the run, tried when it is first asked for; null: on no account of this manager. */
  readonly guess: { readonly as: string; once(context: CollectContext): Promise<Guess> } | null;
}

export const noSuchRoute = 'the REST service of this manager has no such route (404)';

/** What came of asking one endpoint. */
export function observed<T extends 'api.authentication' | 'api.credential'>(
  type: T,
  subject: Subject,
  { manager }: Surroundings,
  { endpoint, template, version, origin }: Route,
  { attempts, ...found }: Pick<ApiAuthentication, 'attempts' | 'listed' | 'telling'>,
  context: CollectContext,
): EvidenceOf<T> {
  const data: ApiAuthentication = {
    node: manager.name,
    method: endpoint.method,
    endpoint: template,
    version,
    guard: endpoint.guard ?? 'secured',
    edition: endpoint.edition ?? null,
    origin,
    ...found,
    attempts: fold(attempts),
  };
  return { type, subject, observedAt: context.now().toISOString(), state: 'observed', data };
}

/** The endpoint of one manager. `prefix`: what is asked of it, where it is not how strangers are answered. */
export function subjectOf(manager: Manager, { endpoint, template }: Route, prefix: string): Subject {
  const request = `${prefix}${endpoint.method} ${template}`;
  const title = `${manager.name} · ${request}`;
  return { id: `${manager.name}/api ${request}`, kind: 'request', title, node: manager.name };
}
