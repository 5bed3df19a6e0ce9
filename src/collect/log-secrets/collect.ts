import { dirname } from 'node:path';
import type { CollectContext } from '../collector';
import type { EvidenceOf, Subject } from '../../model/evidence';
import type { LogSecrets } from '../../model/log-secrets';
import type { LogSource } from '../../model/target';
import { shippedDetectors } from './detector';
import { discover, type LogFile } from './discover';
import { recognise } from './layout';
import { openLedger } from './ledger';
import { printablePath } from './printable';
import type { KnownValue } from './known';
import { readLog } from './read';
import { logicalName } from './rotation';
import { compileScanner, type Scanner } from './scan';

/** A log with its rotations. */
interface Log {
  readonly path: string;
  readonly files: LogFile[];
}

/** Reads every log of one node: one observation a logical log, one `unavailable` a place that could not be read. */
export async function collectLogs(
  source: LogSource,
  context: CollectContext,
  known: readonly KnownValue[],
): Promise<readonly EvidenceOf<'log.secrets'>[]> {
  const { files, refused, empty } = await discover(source.paths, context.signal);
  const logs = groupRotations(files);
  const scanner = compileScanner(shippedDetectors(), { known });
  const total = files.reduce((sum, file) => sum + file.size, 0);
  let done = 0;
  const evidence: EvidenceOf<'log.secrets'>[] = [];
  const refusedOf = new Map<string, { path: string; reason: string }[]>();
  for (const entry of refused) {
    const log = logs.has(logicalPath(entry.path)) ? logicalPath(entry.path) : entry.path;
    refusedOf.set(log, [...(refusedOf.get(log) ?? []), entry]);
  }
  for (const log of logs.values()) {
    const refusals = refusedOf.get(log.path) ?? [];
    refusedOf.delete(log.path);
    evidence.push(
      await searchLog(log, source.node, refusals, scanner, context, (bytes) => {
        done += bytes;
        context.progress(total === 0 ? 1 : Math.min(1, done / total));
      }),
    );
  }
  for (const [path, refusals] of refusedOf) {
    const reason = refusals.map((refusal) => `${refusal.path} ${refusal.reason}`).join('; ');
    evidence.push({ ...about(path, source.node, context), state: 'unavailable', reason });
  }
  for (const path of empty) {
    evidence.push({ ...about(path, source.node, context), state: 'absent', reason: 'there is no file' });
  }
  return evidence;
}

async function searchLog(
  log: Log,
  node: string | null,
  refused: LogSecrets['notRead'],
  scanner: Scanner,
  context: CollectContext,
  advance: (bytes: number) => void,
): Promise<EvidenceOf<'log.secrets'>> {
  const ledger = openLedger(context.fingerprintKey);
  const files: LogSecrets['files'][number][] = [];
  const notRead = [...refused];
  for (const file of log.files) {
    const path = printablePath(file.path);
    const scan = scanner.start((sighting) => {
      ledger.note(sighting, path);
    });
    const { compressed, bytes, reason } = await readLog(file.path, context.signal, (piece) => {
      scan.push(piece);
    });
    scan.end();
    advance(file.size);
    if (reason !== null) notRead.push({ path, reason });
    // What was searched before reading failed is evidence; a file of which nothing was read is not.
    if (reason === null || bytes > 0) {
      files.push({ path, compressed, bytes, lines: scan.lines(), complete: reason === null });
    }
  }
  const base = about(log.path, node, context);
  if (files.length === 0) {
    return {
      ...base,
      state: 'unavailable',
      reason: notRead.map(({ path, reason }) => `${path} ${reason}`).join('; '),
    };
  }
  const data: LogSecrets = {
    node,
    ...recognise(log.path),
    path: log.path,
    files,
    notRead,
    leaks: ledger.leaks(),
    privateKeys: ledger.privateKeys(),
    truncated: ledger.truncated(),
  };
  return { ...base, state: 'observed', data };
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

function groupRotations(files: readonly LogFile[]): Map<string, Log> {
  const logs = new Map<string, Log>();
  for (const file of files) {
    const path = logicalPath(printablePath(file.path));
    const log = logs.get(path) ?? { path, files: [] };
    log.files.push(file);
    logs.set(path, log);
  }
  return logs;
}

function logicalPath(path: string): string {
  const folder = dirname(path);
  const name = path.slice(path.lastIndexOf('/') + 1);
  const logical = logicalName(name);
  return path.includes('/') ? `${folder === '/' ? '' : folder}/${logical}` : logical;
}
