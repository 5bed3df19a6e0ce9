import type { RestSecrets } from '../../../model/rest-secrets';

/** A list of the REST API whose objects hold what users wrote. Read-only (GET), all of Cloudify 7.1's API v3.1. */
export interface ContentList {
  readonly path: string;
  /** Further parameters of the query. */
  readonly query: string;
  /** Objects a page: small where one object can be large. The manager's own bound is 1000. */
  readonly size: number;
  /** Not every version and edition has it: 404 means that there is none. */
  readonly optional: boolean;
}

const list = (name: string, size: number, optional = false): ContentList => ({
  path: `/api/v3.1/${name}`,
  query: '',
  size,
  optional,
});

/** Newest first: where there are more than are read, the newest matter most. */
export const eventList: ContentList = { ...list('events', 1000), query: '&_sort=-timestamp' };

/** A blueprint's list entry carries its whole plan, an instance's its runtime properties. */
export const resourceLists: readonly ContentList[] = [
  list('blueprints', 20),
  list('deployments', 50),
  list('nodes', 100),
  list('node-instances', 100),
  list('executions', 200),
  list('execution-schedules', 200, true),
  list('deployment-groups', 200, true),
  list('deployment-updates', 50, true),
];

/** What is evaluated when somebody asks, secrets included: asked of each deployment. */
export const evaluated = ['outputs', 'capabilities'] as const;

/** Most requests for one tenant and content: the rest is reported as not read. */
export const mostRequests: Readonly<Record<Exclude<RestSecrets['content'], 'archives'>, number>> = {
  events: 12,
  resources: 80,
};

/** Of them, those for evaluated outputs. */
export const mostEvaluated = 40;
