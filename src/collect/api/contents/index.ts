import type { Subject } from '../../../model/evidence';
import type { RestSecrets } from '../../../model/rest-secrets';
import type { Manager, Target } from '../../../model/target';
import type { Collector, Task, Work } from '../../collector';
import { knownValuesOf } from '../../log-secrets/known';
import { patienceFor } from '../cost';
import { doorsOf } from '../doors';
import { openSession } from '../session';
import { archiveMinutes, readTenant, type Reading } from './collect';
import { leastArchiveRequests, mostArchiveRequests } from './archives';
import { mostRequests, resourceLists } from './lists';
import { readersOf } from './readers';

/** Reads what the REST API shows of each tenant and searches it for credentials. Sends GET requests only. */
export const restContents: Collector = {
  id: 'rest-contents',
  title: 'Credentials in what the REST API hands out',
  types: ['rest.secrets'],
  impact: 'authenticate',
  keeps: 'whole',
  work: (target: Target): Work => {
    // The managers of a cluster share their database: one is asked.
    const [manager] = target.managers;
    if (manager === undefined) return { tasks: [], missing: [] };
    const doors = doorsOf(manager, target).filter(({ trusted }) => !('refused' in trusted));
    const tenants = tenantsOf(target);
    const { archives } = target;
    const asked = archives !== undefined && leastArchiveRequests(archives) > 0;
    const contents = asked ? allContents : allContents.filter((content) => content !== 'archives');
    const pairs = tenants.flatMap((tenant) => contents.map((content) => ({ tenant, content })));
    const gap = (subject: Subject, reason: string, supply: string): Work['missing'][number] => ({
      type: 'rest.secrets',
      subject,
      reason,
      supply,
    });
    if (doors.length === 0) {
      const reason = 'without a CA no certificate can be verified, and credentials go over verified TLS only';
      const missing = pairs.map((pair) =>
        gap(subjectOf(manager, pair), reason, 'ca.external or ca.internal'),
      );
      return { tasks: [], missing };
    }
    const able = pairs.filter(({ tenant }) => readersOf(tenant, target).length > 0);
    const missing = pairs
      .filter((pair) => !able.includes(pair))
      .map((pair) => {
        const reason = `no declared account can log in to ${pair.tenant}`;
        const supply = `users: an account with a password or token that holds a role in ${pair.tenant}, best a sys_admin`;
        return gap(subjectOf(manager, pair), reason, supply);
      });
    const spare = { left: spareRequests };
    const sessions = doors.map((door) => openSession(door, spare, bodyLimits));
    const shared = {
      sessions,
      downloads:
        archives === undefined
          ? null
          : {
              bounds: archives,
              // The time of a body is for each piece of it.
              sessions: new Map(
                sessions.map((session) => [
                  session,
                  openSession(session.door, spare, { countedBodyBytes: archives.bytes, bodyMs: 60_000 }),
                ]),
              ),
            },
      known: knownValuesOf(target),
      allowances: target.allowedLeaks ?? [],
      entries: new Map<string, never>(),
    };
    return { tasks: able.map((pair) => taskOf(pair, pair === able[0], manager, shared, target)), missing };
  },
};

const allContents = ['events', 'resources', 'archives'] as const;

/** Requests that may be sent again; the plan counts them once. */
const spareRequests = 10;

const noArchives = { blueprints: 0, plugins: 0, bytes: 0 };

/** A page of blueprint plans may be long. */
const bodyLimits = { keptBodyBytes: 32 * 1024 * 1024, countedBodyBytes: 33 * 1024 * 1024, bodyMs: 60_000 };

interface Pair {
  readonly tenant: string;
  readonly content: RestSecrets['content'];
}

/** A target that names none is read where every manager has one. */
function tenantsOf({ tenants }: Target): readonly string[] {
  return tenants.length === 0 ? ['default_tenant'] : tenants;
}

function taskOf(
  { tenant, content }: Pair,
  isFirst: boolean,
  manager: Manager,
  shared: Pick<Reading, 'sessions' | 'downloads' | 'known' | 'allowances' | 'entries'>,
  target: Target,
): Task<'rest.secrets'> {
  const readers = readersOf(tenant, target);
  const subject = subjectOf(manager, { tenant, content });
  // One way in for both contents of a tenant; whoever is refused on it costs a request.
  const entering = content === 'events' ? 1 : 0;
  const refused = content === 'events' ? 3 * shared.sessions.length - 1 : 0;
  const bounds = shared.downloads?.bounds ?? noArchives;
  const most = content === 'archives' ? mostArchiveRequests(bounds) : mostRequests[content];
  const requests = most + entering + refused + (isFirst ? spareRequests : 0);
  // Few deployments, few pages.
  const least = { events: 1, resources: resourceLists.length, archives: leastArchiveRequests(bounds) };
  const atLeast = entering + least[content];
  return {
    subject,
    type: 'rest.secrets',
    address: manager.resolved[0] ?? manager.address,
    connections: requests,
    requests,
    atLeast,
    paced: atLeast + (content === 'events' ? 0 : 2),
    identities: [...new Set(readers.slice(0, 3).map(({ name }) => name))],
    // An archive takes its time: what was read within it is kept.
    deadlineMs: patienceFor(requests, target) + (content === 'archives' ? archiveMinutes * 60_000 : 0),
    collect: (context) => readTenant({ content, tenant, subject, readers, ...shared }, context),
  };
}

function subjectOf({ name }: Manager, { tenant, content }: Pair): Subject {
  const what = {
    events: 'events and deployment logs',
    resources: 'blueprints, deployments and what they hold',
    archives: 'archives of blueprints and plugins',
  }[content];
  return {
    id: `${name}/${content}:${tenant}`,
    kind: content === 'events' ? 'log-source' : 'request',
    title: `${name} · ${tenant} · ${what}`,
    node: name,
  };
}
