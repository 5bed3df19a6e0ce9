import type { ReadContent } from '../../../model/rest-secrets';
import type { ArchiveBounds } from '../../../model/target';
import { visible } from '../../../model/visible';
import { headerValues, type HttpResult } from '../../../protocol/http';
import { openStreamSearch, type PlacedSighting } from '../../log-secrets/lines';
import type { KnownValue } from '../../log-secrets/known';
import { explain, readList, type Ask } from './read-list';

/** Sends one GET whose body is handed on piece by piece. */
export type Download = (path: string, stream: (piece: Uint8Array) => Promise<void>) => Promise<HttpResult>;

/** What one tenant's archives came to. */
export interface ReadArchives {
  readonly lists: readonly ReadContent[];
  /** True when somewhere so many look-alikes stood together that not every one was tried. */
  readonly skipped: boolean;
}

interface Means {
  readonly tenant: string;
  readonly bounds: ArchiveBounds;
  readonly known: readonly KnownValue[];
  readonly ask: Ask;
  readonly download: Download;
  readonly found: (sighting: PlacedSighting) => void;
  readonly aborted: () => boolean;
}

/** The newest first: where there are more than are read, they matter most. */
const kinds = [
  { list: 'blueprints', parameter: 'blueprint_id', what: 'blueprint', sort: '-created_at' },
  { list: 'plugins', parameter: 'plugin_id', what: 'plugin', sort: '-uploaded_at' },
] as const;

/** Most requests for one tenant: a list of each kind, and its archives. */
export function mostArchiveRequests(bounds: ArchiveBounds): number {
  return kinds.reduce((sum, { list }) => sum + (bounds[list] === 0 ? 0 : 1 + bounds[list]), 0);
}

/** The lists alone: there may be no archive. */
export function leastArchiveRequests(bounds: ArchiveBounds): number {
  return kinds.filter(({ list }) => bounds[list] > 0).length;
}

/** Downloads the archives of one tenant and searches the files in them, without writing anything to disk. */
export async function readArchives(means: Means): Promise<ReadArchives> {
  const search = openStreamSearch(means.known);
  const lists: ReadContent[] = [];
  let skipped = false;
  for (const kind of kinds.filter(({ list }) => means.bounds[list] > 0)) {
    const ids: string[] = [];
    const query = `&_include=id&_sort=${kind.sort}`;
    const listed = await readList(
      { path: `/api/v3.1/${kind.list}`, query, size: 1000, optional: false },
      means.ask,
      (item) => {
        const { id } = (item ?? {}) as { id?: unknown };
        if (typeof id === 'string') ids.push(id);
      },
    );
    const path = `/api/v3.1/${kind.list}/{${kind.parameter}}/archive`;
    const total = listed.total ?? ids.length;
    if (ids.length === 0 && !listed.complete) {
      lists.push({ path, total: listed.total, read: 0, complete: false, reason: listed.reason });
      continue;
    }
    const most = means.bounds[kind.list];
    const faults: string[] = [];
    let read = 0;
    let gone = 0;
    for (const id of ids.slice(0, most)) {
      const name = `${kind.what} ${visible(`${means.tenant}/${id}`)}`;
      const one = search((member) => (member === null ? name : `${name}: ${visible(member)}`), means.found);
      const result = await means.download(
        `/api/v3.1/${kind.list}/${encodeURIComponent(id)}/archive`,
        async (piece) => {
          await one.sink.write(piece);
        },
      );
      // Its upload failed, or it has gone since it was listed.
      if (result.kind === 'answer' && result.status === 404) {
        gone++;
        continue;
      }
      const fault = faultOf(result, means);
      await one.sink.end(fault);
      skipped ||= one.skipped();
      const reasons = fault === null ? one.faults() : [fault];
      if (reasons.length === 0) read++;
      else faults.push(`${visible(id)} ${reasons.slice(0, 3).map(visible).join(', ')}`);
      if (means.aborted()) break;
    }
    const missed =
      faults.length > 0
        ? faults.slice(0, 5).join('; ')
        : total > most
          ? `those of the newest ${String(most)} were read`
          : read + gone < total
            ? (listed.reason ?? 'the run was interrupted')
            : total > 0 && read === 0
              ? 'the manager has none of any'
              : null;
    lists.push({ path, total, read, complete: missed === null, reason: missed });
  }
  return { lists, skipped };
}

function faultOf(result: HttpResult, { bounds }: Means): string | null {
  if (result.kind === 'failure') return result.reason;
  if (result.status !== 200) return explain(result);
  if (headerValues(result.headers, 'content-encoding').length > 0)
    return 'was sent in a coding that was not asked for';
  return result.complete
    ? null
    : `is longer than the ${String(bounds.bytes / 1024 / 1024)} MiB that are read`;
}
