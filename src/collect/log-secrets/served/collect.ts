import type { EvidenceOf, Subject } from '../../../model/evidence';
import type { AllowedLeak } from '../../../model/target';
import { headerValues, type HttpResult } from '../../../protocol/http';
import type { CollectContext } from '../../collector';
import { byteProgress } from '../byte-progress';
import { recordLogs } from '../collect';
import { printablePath } from '../printable';
import { logicalPath } from '../rotation';
import type { Scanner } from '../scan';
import { searchLeaves, type FileSearch } from '../search';
import { unpack } from '../unpack';
import { isOneName, parseListing, segmentOf } from './listing';
import type { LogServer } from './server';

type Found = EvidenceOf<'log.secrets'>;

/** What is read of one manager. Nothing of it may grow without end, whatever the server lists. */
export const bounds = { folders: 200, files: 2000, depth: 8, bytes: 20 * 1024 ** 3, minutes: 60 } as const;
/** Names that listings may hold in all. */
const mostNames = 10_000;
/** Requests: each folder is listed twice, each file read once; some are sent again. */
export const mostRequests = 2 * bounds.folders + bounds.files + 100;

const root = '/cfylogs/';
/** How reports call it; what is behind it is the manager's /var/log/cloudify (Cloudify 7.1). */
const shown = '8009/cfylogs/';

interface ServedFile {
  /** Of the request. */
  readonly url: string;
  /** Printable. */
  readonly path: string;
  readonly folder: string;
  readonly size: number | null;
}

interface ServedFolder {
  readonly url: string;
  readonly path: string;
  readonly depth: number;
}

export interface Served {
  readonly server: LogServer;
  readonly scanner: Scanner;
  readonly node: string;
  readonly subject: Subject;
  readonly allowances: readonly AllowedLeak[];
}

/** Lists and reads what a manager serves under /cfylogs, without writing any of it to disk. */
export async function collectServed(
  { server, scanner, node, subject, allowances }: Served,
  outer: CollectContext,
): Promise<readonly Found[]> {
  const context = withinBounds(outer);
  const base = { type: 'log.secrets', subject, observedAt: outer.now().toISOString() } as const;
  const refused: { path: string; reason: string }[] = [];
  const folders: ServedFolder[] = [];
  const seen = new Set<string>();
  const first = await list({ url: root, path: shown, depth: 0 });
  if (typeof first === 'string') return [{ ...base, state: 'unavailable', ...explained(first) }];
  const files = [...first];
  // Grows while it is walked.
  for (const folder of folders) {
    const found = await list(folder);
    if (typeof found === 'string') refused.push({ path: folder.path, reason: found });
    else files.push(...found);
  }
  const searches: FileSearch[] = [];
  const advance = byteProgress(
    outer,
    files.reduce((sum, { size }) => sum + (size ?? 0), 0),
  );
  let bytesLeft: number = bounds.bytes;
  await readAll(files);
  // What was rotated since it was listed lies under a name that no listing had.
  const late: ServedFile[] = [];
  for (const folder of [{ url: root, path: shown, depth: 0 }, ...folders]) {
    if (context.signal.aborted || !files.some((file) => file.folder === folder.url)) continue;
    const found = await list(folder);
    if (typeof found !== 'string') late.push(...found);
  }
  await readAll(late);
  noteReplaced();
  if (searches.length === 0 && refused.length === 0)
    return [{ ...base, state: 'absent', reason: `the manager serves no file under ${root}` }];
  const onNode = (path: string): string =>
    path.startsWith(shown) ? `/var/log/cloudify/${path.slice(shown.length)}` : path;
  return recordLogs({ searches, refused, node, allowances, onNode }, outer);

  /** Files of a folder that are new to us, its folders put into the queue; or why there are none. */
  async function list(folder: ServedFolder): Promise<readonly ServedFile[] | string> {
    if (context.signal.aborted) return notInTime();
    const result = await server.ask(folder.url, context);
    if (result.kind === 'failure') return reasonOf(result);
    if (result.status !== 200) return refusalOf(result.status);
    if (!result.complete || result.bodyBytes > result.body.length) return 'its listing is too long';
    const listed = parseListing(result.body);
    if (listed === null) return 'was answered, but not with a listing';
    const found: ServedFile[] = [];
    for (const { name, kind, size } of listed) {
      const path = `${folder.path}${printablePath(name.subarray(0, 255))}`;
      const url = `${folder.url}${segmentOf(name)}`;
      if (seen.has(url)) continue;
      if (seen.size >= mostNames) {
        refused.push({
          path: folder.path,
          reason: `lists more than the ${String(mostNames)} names that are looked at`,
        });
        break;
      }
      seen.add(url);
      const refuse = (reason: string): void => void refused.push({ path, reason });
      if (!isOneName(name)) refuse('is listed under a name that no file can have');
      else if (kind === 'other') refuse('is neither a file nor a folder');
      else if (kind === 'folder') {
        if (folder.depth >= bounds.depth) refuse(`lies more than ${String(bounds.depth)} folders deep`);
        else if (folders.length >= bounds.folders)
          refuse(`lies beyond the first ${String(bounds.folders)} folders`);
        else folders.push({ url: `${url}/`, path: `${path}/`, depth: folder.depth + 1 });
      } else found.push({ url, path, folder: folder.url, size });
    }
    return found;
  }

  async function readAll(some: readonly ServedFile[]): Promise<void> {
    for (const file of some) {
      const refuse = (reason: string): void => void refused.push({ path: file.path, reason });
      if (context.signal.aborted) refuse(notInTime());
      else if (searches.length >= bounds.files) refuse(`lies beyond the first ${String(bounds.files)} files`);
      else if (bytesLeft < (file.size ?? 0))
        refuse(`lies beyond the first ${String(bounds.bytes / 1024 ** 3)} GiB`);
      else searches.push(await read(file));
      advance(file.size ?? 0);
    }
  }

  async function read(file: ServedFile): Promise<FileSearch> {
    const { to, result: found } = searchLeaves(file.path, scanner, outer.fingerprintKey);
    const sink = unpack(to);
    let streamed = 0;
    const result = await server.ask(file.url, context, async (piece) => {
      streamed += piece.length;
      await sink.write(piece);
    });
    bytesLeft -= streamed;
    const nothing = (reason: string): FileSearch => ({
      searched: [],
      notRead: [{ path: file.path, reason }],
    });
    if (result.kind === 'answer' && result.status !== 200) return nothing(refusalOf(result.status));
    if (result.kind === 'answer' && headerValues(result.headers, 'content-encoding').length > 0)
      return nothing('was sent in a coding that was not asked for');
    await sink.end(
      result.kind === 'failure'
        ? reasonOf(result)
        : result.complete
          ? shrunk(file, streamed)
          : `is longer than the ${String(bounds.bytes / 1024 ** 3)} GiB that are read`,
    );
    return found();
  }

  /** A log that is shorter than it was listed has been rotated; what it held must have been read under another name. */
  function shrunk({ size }: ServedFile, streamed: number): string | null {
    return size !== null && streamed < size ? replaced : null;
  }

  /**
   * Takes the fault off files whose rotation was read as well: under a name of its own, by its date, because numbers move
   * on from file to file. What was packed meanwhile (delaycompress) has its old name before its new ending.
   */
  function noteReplaced(): void {
    const isLate = (test: (path: string) => boolean): boolean => late.some(({ path }) => test(path));
    const isThere = (path: string): boolean =>
      isLate((other) => logicalPath(other) === logicalPath(path) && /[.-](?:19|20)\d{6}[^/]*$/.test(other));
    for (const [at, { searched, notRead }] of searches.entries()) {
      searches[at] = {
        searched: searched.map((one) =>
          one.reason === replaced && isThere(one.path)
            ? { ...one, reason: null, facts: { ...one.facts, complete: true } }
            : one,
        ),
        notRead: notRead.filter(
          ({ path, reason }) => reason !== refusalOf(404) || !isLate((other) => other.startsWith(`${path}.`)),
        ),
      };
    }
  }

  function notInTime(): string {
    return outer.signal.aborted
      ? 'was not read: the run was interrupted'
      : `was not read within ${String(bounds.minutes)} minutes`;
  }

  function reasonOf({ code, reason }: Extract<HttpResult, { kind: 'failure' }>): string {
    return code === 'aborted' ? notInTime() : `could not be read over 8009: ${reason}`;
  }
}

const replaced = 'was replaced by a shorter one after it was listed';

/** The run's context, but for its own end of time. */
function withinBounds(context: CollectContext): CollectContext {
  return {
    ...context,
    signal: AbortSignal.any([context.signal, AbortSignal.timeout(bounds.minutes * 60_000)]),
  };
}

function refusalOf(status: number): string {
  if (status === 401) return 'is not handed out to the declared monitoring account (401)';
  if (status === 403) return 'the manager itself may not read it (403)';
  if (status === 404) return 'vanished before it was read (404)';
  return `was answered with ${String(status)}`;
}

/** Why nothing of a manager was read, and what would help. */
function explained(reason: string): { readonly reason: string; readonly supply?: string } {
  const whole = `GET ${root} ${reason.replace(/^is not/, 'was not').replace('vanished before it was read (404)', 'was answered with 404')}`;
  return reason.includes('(401)')
    ? { reason: whole, supply: 'monitoring: the username and password of prometheus.credentials' }
    : { reason: whole };
}
