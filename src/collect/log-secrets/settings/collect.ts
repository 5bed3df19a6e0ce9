import type { EvidenceOf, Subject } from '../../../model/evidence';
import type { KeptLog, LogSettings } from '../../../model/log-settings';
import type { LogSource } from '../../../model/target';
import type { CollectContext } from '../../collector';
import { discover, standardInput, type LogFile } from '../discover';
import { recognise } from '../layout';
import { printablePath } from '../printable';
import { logicalPath } from '../rotation';
import { attributesOf } from './attributes';
import { readAudit, type Tail } from './audit-log';
import { countLevels } from './levels';
import { readLogrotate, type Rotations } from './logrotate';
import { tailOf } from './tail';
import { openTree, type Tree } from './tree';

const mostLogs = 2000;

/** Looks at how a node keeps its logs. Never rejects for what the files are. */
export async function collectSettings(
  source: LogSource,
  manager: boolean,
  subject: Subject,
  context: CollectContext,
): Promise<EvidenceOf<'log.settings'>> {
  const base = { type: 'log.settings', subject, observedAt: context.now().toISOString() } as const;
  const { files } = await discover(source.paths, context.signal);
  const logs = group(files);
  if (logs.length === 0) {
    return {
      ...base,
      state: 'unavailable',
      reason: 'none of the declared logs is a file that can be looked at',
    };
  }
  const tree = await openTree(source.paths);
  const rotations = await rotationsOf(tree);
  const kept: KeptLog[] = [];
  const tails: Tail[] = [];
  const levels: LogSettings['levels'][number][] = [];
  for (const log of logs.slice(0, mostLogs)) {
    const nodePath = onNode(log.path, tree);
    const { component, kind } = recognise(nodePath);
    kept.push(await keptLog(log, nodePath, component, tree, rotations));
    const { current } = log;
    if (current === null || !isOfInterest(nodePath, kind, component)) continue;
    const lines = await tailOf(current.path);
    tails.push({ path: nodePath, lines });
    if (kind === 'access' || lines === null) continue;
    const counted = countLevels(lines);
    if (counted.lines > 0) levels.push({ path: nodePath, component, ...counted });
  }
  const data: LogSettings = {
    node: source.node,
    manager,
    root: tree.root,
    attributes: tree.isOwn ? 'own' : 'copied',
    logs: kept,
    levels,
    audit: readAudit(tails),
    rotationRead: rotations !== null,
    complete: logs.length <= mostLogs && !context.signal.aborted,
  };
  return { ...base, state: 'observed', data };
}

interface Log {
  /** Logical path: what rotations share. */
  readonly path: string;
  readonly files: LogFile[];
  /** The file that is written to now. */
  current: LogFile | null;
}

function group(files: readonly LogFile[]): readonly Log[] {
  const logs = new Map<string, Log>();
  for (const file of files) {
    const path = printablePath(file.path);
    if (path === standardInput) continue;
    const logical = logicalPath(path);
    const log = logs.get(logical) ?? { path: logical, files: [], current: null };
    log.files.push(file);
    // A log whose name changes with the day (postgresql-%a.log) has no file of its own name.
    if (path === logical || (log.current === null && log.files.length === 1 && logical.includes('%a')))
      log.current = file;
    logs.set(logical, log);
  }
  return [...logs.values()];
}

/** Deployments' own logs hold what plugins say at any level, and the installer's is DEBUG by design (Cloudify 7.1). */
function isOfInterest(path: string, kind: string, component: string): boolean {
  if (path.includes('/mgmtworker/logs/') || component === 'installer') return false;
  return kind === 'access' || component !== 'unknown';
}

async function keptLog(
  { path, files, current }: Log,
  nodePath: string,
  component: KeptLog['component'],
  tree: Tree,
  rotations: Rotations | null,
): Promise<KeptLog> {
  const file = current ?? files[0];
  const attributes = await attributesOf(file === undefined ? path : file.path.toString(), tree);
  const older = files.length - (current === null ? 0 : 1);
  const stanza = rotations?.(nodePath);
  const byItself = nodePath.includes('%a');
  const isShown = older > 0 || byItself;
  return {
    path: nodePath,
    component,
    ...attributes,
    bytes: current?.size ?? 0,
    rotations: older,
    rotated: stanza !== undefined || isShown ? true : rotations === null ? null : false,
    keeps: stanza?.keeps ?? (byItself ? 6 : null),
  };
}

/** The path on the node itself, where that is known. */
function onNode(path: string, { root }: Tree): string {
  return root !== null && path.startsWith(`${root}/`) ? path.slice(root.length) : path;
}

async function rotationsOf(tree: Tree): Promise<Rotations | null> {
  if (tree.root === null) return null;
  const { files } = await discover([`${tree.root}/etc/logrotate.d`], new AbortController().signal);
  const paths = files.map(({ path }) => path.toString().slice(tree.root?.length ?? 0));
  const texts = await Promise.all(['/etc/logrotate.conf', ...paths].map((path) => tree.read(path)));
  const read = texts.filter((text) => text !== null);
  return paths.length === 0 ? null : readLogrotate(read);
}
