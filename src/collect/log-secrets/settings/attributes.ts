import { lstat, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { KeptLog } from '../../../model/log-settings';
import type { Tree } from './tree';

type Attributes = Pick<KeptLog, 'mode' | 'readableByAll' | 'writableByAll' | 'owner' | 'ownerKind'>;

const otherRead = 0o004;
const otherWrite = 0o002;
const otherEnter = 0o001;

const notKnown: Attributes = {
  mode: null,
  readableByAll: null,
  writableByAll: null,
  owner: null,
  ownerKind: 'unknown',
};

/** Who may read a log: its own mode, and that of every folder from /var/log (or the database's own) down to it. */
export async function attributesOf(path: string, tree: Tree): Promise<Attributes> {
  if (!tree.isOwn) return notKnown;
  try {
    const info = await stat(path);
    const folders = await Promise.all(foldersAbove(path, tree.root ?? '').map((folder) => lstat(folder)));
    const isReachable = folders.every(({ mode }) => (mode & otherEnter) !== 0);
    const account = tree.accounts.get(info.uid);
    return {
      mode: `0${(info.mode & 0o7777).toString(8).padStart(3, '0')}`,
      readableByAll: isReachable && (info.mode & otherRead) !== 0,
      writableByAll: isReachable && (info.mode & otherWrite) !== 0,
      owner: account?.name ?? `uid ${String(info.uid)}`,
      ownerKind: account?.kind ?? 'unknown',
    };
  } catch {
    return notKnown;
  }
}

/** Folders of the node from below /var/log or /var/lib on; those above let everybody in (FHS). */
function foldersAbove(path: string, root: string): readonly string[] {
  const folders: string[] = [];
  const isTop = (folder: string): boolean =>
    folder.length <= root.length + 1 || /^\/var\/(?:log|lib)$/.test(folder.slice(root.length));
  for (let folder = dirname(path); !isTop(folder) && folder !== dirname(folder); folder = dirname(folder))
    folders.push(folder);
  return folders;
}
