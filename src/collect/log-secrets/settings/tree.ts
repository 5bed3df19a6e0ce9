import { readFile, stat } from 'node:fs/promises';
import { posix } from 'node:path';

/** The file system of a node, as far as it lies beside its logs. */
export interface Tree {
  /** What stands for the node's `/`: empty on the node itself; null where the paths do not tell. */
  readonly root: string | null;
  /** Owners and modes are the node's own. */
  readonly isOwn: boolean;
  /** uid → account; empty where it is not known. */
  readonly accounts: ReadonlyMap<number, Account>;
  /** A file of the node, by its path there; null where it cannot be read. */
  read(path: string): Promise<string | null>;
}

export interface Account {
  readonly name: string;
  readonly kind: 'service' | 'login';
}

const maxBytes = 1024 * 1024;

/** Accounts of services on a node of Cloudify 7.1, and those of Debian and Red Hat that own logs. */
const serviceNames = new Set(
  'root cfyuser nginx postgres rabbitmq etcd stage_user composer_user syslog adm daemon prometheus patroni'.split(
    ' ',
  ),
);

/** Finds the node's file system by where its logs lie: `<root>/var/log/…`, `<root>/var/lib/pgsql/…`. */
export async function openTree(paths: readonly string[]): Promise<Tree> {
  const roots = new Set(paths.map(rootOf));
  const [root = null] = roots.size === 1 ? roots : [];
  const read: Tree['read'] = async (path) => {
    if (root === null) return null;
    try {
      const file = `${root}${path}`;
      const info = await stat(file);
      if (!info.isFile() || info.size > maxBytes) return null;
      return await readFile(file, 'utf8');
    } catch {
      return null;
    }
  };
  const passwd = await read('/etc/passwd');
  return { root, isOwn: passwd !== null, accounts: passwd === null ? new Map() : accountsIn(passwd), read };
}

function rootOf(path: string): string | null {
  const match = /^(.*)\/(?:var\/log|var\/lib\/pgsql)(?:\/|$)/.exec(posix.normalize(path));
  return match?.[1] ?? null;
}

/** passwd(5). Below 1000 are accounts of the system (login.defs of Debian and Red Hat). */
function accountsIn(passwd: string): ReadonlyMap<number, Account> {
  const accounts = new Map<number, Account>();
  for (const line of passwd.split('\n')) {
    const [name = '', , id = ''] = line.split(':');
    if (name === '' || !/^\d{1,10}$/.test(id)) continue;
    const uid = Number(id);
    const kind = uid < 1000 || serviceNames.has(name) ? 'service' : 'login';
    // The first entry of a uid names it.
    if (!accounts.has(uid)) accounts.set(uid, { name, kind });
  }
  return accounts;
}
