import type { CollectContext } from '../collector';
import type { EvidenceOf, Subject } from '../../model/evidence';
import type { LogLeak, LogSecrets } from '../../model/log-secrets';
import type { AllowedLeak, LogSource } from '../../model/target';
import { openAllow, type Allow } from './allow';
import { byteProgress } from './byte-progress';
import { searchFiles } from './crew';
import { discover, type LogFile } from './discover';
import { recognise } from './layout';
import { mergeLeaks } from './ledger';
import type { KnownValue } from './known';
import { withoutNamedSecrets } from './names';
import { logicalPath } from './rotation';
import type { FileSearch, SearchedFile } from './search';
import { searchSince } from './since-last';

type Found = EvidenceOf<'log.secrets'>;

/** A log with its rotations, and what could not be read of it. */
interface Log {
  readonly path: string;
  readonly files: SearchedFile[];
  readonly notRead: { readonly path: string; readonly reason: string }[];
}

/** Reads every log of one node: one observation a logical log, one `unavailable` a place that could not be read. */
export async function collectLogs(
  source: LogSource,
  context: CollectContext,
  known: readonly KnownValue[],
  allowances: readonly AllowedLeak[] = [],
  sinceLast: string | null = null,
): Promise<readonly Found[]> {
  const { files, refused, empty } = await discover(source.paths, context.signal);
  const advance = byteProgress(
    context,
    files.reduce((sum, file) => sum + file.size, 0),
  );
  const orders = { known, fingerprintKey: context.fingerprintKey };
  const progress = ({ size }: LogFile): void => {
    advance(size);
  };
  const searches =
    sinceLast === null
      ? await searchFiles(files, orders, context.signal, progress)
      : await searchSince(files, orders, { file: sinceLast, node: source.node }, context.signal, progress);
  return [
    ...recordLogs({ searches, refused, node: source.node, allowances }, context),
    ...empty.map((path): Found => ({
      ...about(path, source.node, context),
      state: 'absent',
      reason: 'there is no file',
    })),
  ];
}

/** What reading a node's logs came to. */
export interface Searches {
  readonly searches: readonly FileSearch[];
  readonly refused: LogSecrets['notRead'];
  readonly node: string | null;
  readonly allowances: readonly AllowedLeak[];
  /** The path on the node of what is called so; left out: the same. */
  readonly onNode?: (path: string) => string;
}

/** One observation a logical log, one `unavailable` a place that could not be read. */
export function recordLogs(
  { searches, refused, node, allowances, onNode = (path) => path }: Searches,
  context: CollectContext,
): readonly Found[] {
  const allow = openAllow(allowances, context.now());
  const logs = group(searches, refused);
  const names = logs.flatMap(({ path, files, notRead }) => [
    path,
    ...[...files, ...notRead].map((one) => one.path),
    ...files.flatMap(({ leaks }) => leaks.flatMap(({ unit }) => unit ?? [])),
  ]);
  return withoutNamedSecrets(
    logs.map((log) => observe(log, node, context, allow, onNode)),
    names,
  );
}

function observe(
  { path, files, notRead }: Log,
  node: string | null,
  context: CollectContext,
  allow: Allow,
  onNode: (path: string) => string,
): Found {
  const base = about(path, node, context);
  if (files.length === 0) {
    return {
      ...base,
      state: 'unavailable',
      reason: notRead.map((one) => `${one.path} ${one.reason}`).join('; '),
    };
  }
  const placesOf = ({ file, alsoIn = [] }: LogLeak): readonly string[] => [file, ...alsoIn];
  const leaks = allow.split(mergeLeaks(files.flatMap((file) => file.leaks)), placesOf);
  const privateKeys = allow.split(mergeLeaks(files.flatMap((file) => file.privateKeys)), placesOf);
  const data: LogSecrets = {
    node,
    ...recognise(onNode(path).replace(/^.*!/s, (archive) => `${archive.slice(0, -1)}/`)),
    path,
    files: files.map(({ facts }) => facts),
    notRead,
    leaks: leaks.counted,
    privateKeys: privateKeys.counted,
    allowed: [...privateKeys.allowed, ...leaks.allowed],
    truncated: files.some(({ truncated }) => truncated),
  };
  return { ...base, state: 'observed', data };
}

/** Logs in the order in which their first file was found; what was refused joins its log, or stands for itself. */
function group(searches: readonly FileSearch[], refused: LogSecrets['notRead']): readonly Log[] {
  const logs = new Map<string, Log>();
  const logOf = (path: string): Log => {
    const log = logs.get(path) ?? { path, files: [], notRead: [] };
    logs.set(path, log);
    return log;
  };
  for (const { searched, notRead } of searches) {
    for (const file of searched) {
      const log = logOf(logicalPath(file.path));
      log.files.push(file);
      if (file.reason !== null) log.notRead.push({ path: file.path, reason: file.reason });
    }
    for (const { path, reason } of notRead) logOf(logicalPath(path)).notRead.push({ path, reason });
  }
  for (const { path, reason } of refused) {
    const log = logs.get(logicalPath(path)) ?? logOf(path);
    log.notRead.push({ path, reason });
  }
  for (const { files } of logs.values())
    files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return [...logs.values()];
}

function about(
  path: string,
  node: string | null,
  context: CollectContext,
): { type: 'log.secrets'; subject: Subject; observedAt: string } {
  const subject: Subject = {
    id: `logs:${node ?? '-'}:${path}`,
    kind: 'log-source',
    title: node === null ? path : `${node} · ${path}`,
    ...(node === null ? {} : { node }),
  };
  return { type: 'log.secrets', subject, observedAt: context.now().toISOString() };
}
