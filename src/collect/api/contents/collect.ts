import type { EvidenceOf, Subject } from '../../../model/evidence';
import type { ContentLeak, ReadContent, RestSecrets } from '../../../model/rest-secrets';
import type { AllowedLeak, ArchiveBounds } from '../../../model/target';
import type { CollectContext } from '../../collector';
import type { KnownValue } from '../../log-secrets/known';
import { openAllow } from '../../log-secrets/allow';
import { openTextSearch } from '../../log-secrets/lines';
import { visible } from '../../../model/visible';
import { credentialHeaders, tenantHeaders } from '../credentials';
import type { ApiSession } from '../session';
import { leastArchiveRequests, readArchives, type ReadArchives } from './archives';
import { fieldsOf, textOf } from './fields';
import { openFindings, type Findings } from './findings';
import { evaluated, eventList, mostEvaluated, mostRequests, resourceLists } from './lists';
import { literalPassword } from './literal-fields';
import { readList, readOne, type Ask } from './read-list';
import type { Reader } from './readers';

/** One tenant, what of it is read, and who can read it. */
export interface Reading {
  /** Tenant → who got in where, found once for both contents. */
  readonly entries: Map<string, Promise<Entered>>;
  readonly content: RestSecrets['content'];
  readonly tenant: string;
  readonly subject: Subject;
  readonly sessions: readonly ApiSession[];
  /** Of each session, one for archives, whose bodies are longer; null: none are asked for. */
  readonly downloads: Downloads | null;
  readonly readers: readonly Reader[];
  readonly known: readonly KnownValue[];
  readonly allowances: readonly AllowedLeak[];
}

/** No tenant's archives are read for longer. */
export const archiveMinutes = 15;

/** Sessions by the one that lets the reader in, and what is downloaded. */
export interface Downloads {
  readonly bounds: ArchiveBounds;
  readonly sessions: ReadonlyMap<ApiSession, ApiSession>;
}

/** Reads what one tenant shows and searches it. Credentials go over verified TLS only. */
export async function readTenant(
  reading: Reading,
  context: CollectContext,
): Promise<EvidenceOf<'rest.secrets'>> {
  const { content, tenant, subject } = reading;
  const base = { type: 'rest.secrets', subject, observedAt: context.now().toISOString() } as const;
  const entry = reading.entries.get(tenant) ?? enter(reading, context);
  reading.entries.set(tenant, entry);
  const entered = await entry;
  if ('reason' in entered) return { ...base, state: 'unavailable', ...entered };
  const { session, reader } = entered;
  const findings = openFindings(context.fingerprintKey);
  const { lists, skipped } = await readContent(reading, entered, findings, context);
  const { door } = session;
  const allow = openAllow(reading.allowances, context.now());
  const placesOf = ({ place, alsoIn = [] }: ContentLeak): readonly string[] => [place, ...alsoIn];
  const leaks = allow.split(findings.leaks(), placesOf);
  const privateKeys = allow.split(findings.privateKeys(), placesOf);
  return {
    ...base,
    state: 'observed',
    data: {
      content,
      node: door.node,
      address: door.address,
      port: door.port,
      tenant,
      actor: reader.name,
      role: reader.role,
      seesPrivate: reader.seesPrivate,
      lists,
      leaks: leaks.counted,
      privateKeys: privateKeys.counted,
      allowed: [...privateKeys.allowed, ...leaks.allowed],
      truncated: findings.truncated() || skipped,
    },
  };
}

async function readContent(
  { content, tenant, known, downloads }: Reading,
  { session, reader }: Admitted,
  findings: Findings,
  context: CollectContext,
): Promise<ReadArchives> {
  if (content === 'archives') {
    const archives = downloads?.sessions.get(session);
    if (downloads === null || archives === undefined) return { lists: [], skipped: false };
    const { bounds } = downloads;
    // It ends by itself before the task's own time does, and keeps what it has read.
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(archiveMinutes * 60_000)]);
    const headers = [...credentialHeaders(reader.credential), ...tenantHeaders(tenant)];
    return readArchives({
      tenant,
      bounds,
      known,
      ask: askerOf(session, reader, tenant, leastArchiveRequests(bounds), context),
      download: (path, stream) =>
        archives.ask(
          { method: 'GET', path, headers, secret: true, unrepeatable: true, stream },
          { ...context, signal },
        ),
      found: (sighting) => {
        findings.note(sighting);
      },
      aborted: () => signal.aborted,
    });
  }
  const take = takerOf(known, findings);
  const ask = askerOf(session, reader, tenant, mostRequests[content], context);
  const lists = content === 'events' ? [await readEvents(ask, take)] : await readResources(ask, take);
  return { lists, skipped: false };
}

interface Admitted {
  readonly session: ApiSession;
  readonly reader: Reader;
}
type Entered = Admitted | { readonly reason: string };

type Take = (object: string, value: unknown) => boolean;

/** Searches one object at a time. Returns false when it was too large to be searched whole. */
function takerOf(known: readonly KnownValue[], findings: Findings): Take {
  const search = openTextSearch(known);
  return (object, value) => {
    const name = visible(object);
    const { fields, complete } = fieldsOf(value);
    search.search(
      fields.map((field) => textOf(name, { ...field, path: visible(field.path) })),
      (sighting) => {
        findings.note(sighting);
      },
    );
    for (const field of fields) {
      const literal = literalPassword(`${name} ${visible(field.path)}`, field);
      if (literal !== null) findings.note(literal);
    }
    return complete;
  };
}

async function readEvents(ask: Ask, take: Take): Promise<ReadContent> {
  return readList(eventList, ask, (item) => {
    const { deployment_id: own, context, timestamp, reported_timestamp: reported } = recordOf(item);
    const deployment = own ?? recordOf(context).deployment_id;
    take(`events ${nameOf(deployment)} ${nameOf(timestamp ?? reported)}`, item);
  });
}

async function readResources(ask: Ask, take: Take): Promise<readonly ReadContent[]> {
  const lists: ReadContent[] = [];
  const deployments: string[] = [];
  for (const list of resourceLists) {
    const kind = list.path.split('/').at(-1) ?? '';
    const large: string[] = [];
    const read = await readList(list, ask, (item) => {
      const { id, name } = recordOf(item);
      if (kind === 'deployments' && typeof id === 'string') deployments.push(id);
      const object = `${kind}/${nameOf(id ?? name)}`;
      if (!take(object, item)) large.push(object);
    });
    const reason = `too large to be searched whole: ${large.slice(0, 5).map(visible).join(', ')}`;
    lists.push(large.length === 0 ? read : { ...read, complete: false, reason });
  }
  for (const kind of evaluated) lists.push(await readEvaluated(kind, deployments, ask, take));
  return lists;
}

/** A deployment that has gone since it was listed (404) has none. */
async function readEvaluated(
  kind: (typeof evaluated)[number],
  deployments: readonly string[],
  ask: Ask,
  take: Take,
): Promise<ReadContent> {
  const path = `/api/v3.1/deployments/{deployment_id}/${kind}`;
  const total = deployments.length;
  const most = mostEvaluated / evaluated.length;
  let read = 0;
  for (const id of deployments.slice(0, most)) {
    const one = await readOne(`/api/v3.1/deployments/${encodeURIComponent(id)}/${kind}`, ask);
    if ('reason' in one) {
      if (one.reason.includes(' 404')) continue;
      return { path, total, read, complete: false, reason: one.reason };
    }
    read++;
    const { [kind]: values } = recordOf(one.value);
    take(`deployments/${id}/${kind}`, values ?? one.value);
  }
  const missed =
    total > most
      ? `those of the first ${String(most)} deployments were read`
      : 'the manager has none of any deployment';
  const complete = total <= most && (total === 0 || read > 0);
  const reason = complete ? null : missed;
  return { path, total, read, complete, reason };
}

/** The first listener and account that the manager lets in. */
async function enter({ tenant, sessions, readers }: Reading, context: CollectContext): Promise<Entered> {
  let reason = 'no listener could be asked';
  for (const session of sessions) {
    for (const reader of readers.slice(0, 3)) {
      const ask = askerOf(session, reader, tenant, 1, context);
      const answer = await ask('/api/v3.1/blueprints?_size=1&_include=id');
      if (answer === null) break;
      if ('reason' in answer) {
        ({ reason } = answer);
        break;
      }
      if (answer.status === 200) return { session, reader };
      reason = `${reader.name} was answered with ${String(answer.status)} in ${tenant}`;
    }
  }
  return { reason };
}

function askerOf(
  session: ApiSession,
  { credential }: Reader,
  tenant: string,
  most: number,
  context: CollectContext,
): Ask {
  let left = most;
  const headers = [...credentialHeaders(credential), ...tenantHeaders(tenant)];
  return async (path) => {
    if (left-- <= 0) return null;
    const result = await session.ask({ method: 'GET', path, headers, secret: true }, context);
    return result.kind === 'answer' ? result : { reason: result.reason };
  };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
}

function nameOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 200) : '-';
}
