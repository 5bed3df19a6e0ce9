import { type Dirent, constants } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { compileGlob, globBase, isGlob } from './glob';
import { printablePath } from './printable';

/** A regular file to read. `path` is bytes: a name need not be UTF-8. */
export interface LogFile {
  readonly path: Buffer;
  readonly size: number;
}

/** What the declared paths came to. */
export interface Discovery {
  readonly files: readonly LogFile[];
  /** Found but not to be read, or not even to be looked into. */
  readonly refused: readonly { readonly path: string; readonly reason: string }[];
  /** Directories that hold nothing at all. */
  readonly empty: readonly string[];
}

/** The path of a log that is read from standard input. */
export const standardInput = '/dev/stdin';

const maxDepth = 32;
const maxFiles = 200_000;
const slash = Buffer.from('/');

/** Finds the files of declared paths: files, directories (recursively) and globs. Never rejects. */
export async function discover(paths: readonly string[], signal: AbortSignal): Promise<Discovery> {
  const files: LogFile[] = [];
  const refused: { path: string; reason: string }[] = [];
  const empty: string[] = [];
  const seenFiles = new Set<string>();
  let openFolders = new Set<string>();
  const refuse = (path: Buffer, reason: string): void =>
    void refused.push({ path: printablePath(path), reason });

  for (const declared of paths) {
    openFolders = new Set();
    if (!isGlob(declared)) {
      // Standard input is a pipe; only when it is named itself.
      if (declared === standardInput) files.push({ path: Buffer.from(declared), size: 0 });
      else await visit(Buffer.from(declared), 0, null);
      continue;
    }
    const before = files.length + refused.length;
    await visit(Buffer.from(globBase(declared)), 0, compileGlob(declared));
    if (files.length + refused.length === before) empty.push(`${declared} (nothing matches)`);
  }
  return { files, refused, empty };

  async function visit(
    path: Buffer,
    depth: number,
    matches: ((path: string) => boolean) | null,
  ): Promise<void> {
    if (signal.aborted) {
      refuse(path, 'was not looked at: the run was interrupted');
      return;
    }
    const wanted = matches === null || matches(path.toString('utf8'));
    try {
      const own = await lstat(path);
      const info = own.isSymbolicLink() ? await stat(path) : own;
      if (own.isSymbolicLink() && (await leadsToKernel(path))) {
        if (wanted) refuse(path, 'is a symbolic link into /dev, /proc or /sys');
        return;
      }
      const id = `${String(info.dev)}:${String(info.ino)}`;
      if (info.isDirectory()) {
        // Once a directory, whichever links lead to it: this also ends every loop.
        if (openFolders.has(id)) return;
        openFolders.add(id);
        if (depth > maxDepth) refuse(path, `lies more than ${String(maxDepth)} directories deep`);
        else await visitFolder(path, depth, wanted ? null : matches);
        return;
      }
      if (!wanted || seenFiles.has(id)) return;
      seenFiles.add(id);
      if (!info.isFile()) refuse(path, `is ${kindOf(info.mode)}, not a file`);
      else if (files.length >= maxFiles) refuse(path, `lies beyond the first ${String(maxFiles)} files`);
      else files.push({ path, size: info.size });
    } catch (error) {
      if (wanted || depth === 0) refuse(path, await reasonFor(error, path));
    }
  }

  async function visitFolder(
    path: Buffer,
    depth: number,
    matches: ((path: string) => boolean) | null,
  ): Promise<void> {
    const entries: Dirent<Buffer>[] = await readdir(path, { withFileTypes: true, encoding: 'buffer' });
    if (entries.length === 0 && matches === null) empty.push(printablePath(path));
    const names = entries.map((entry) => entry.name).sort((a, b) => a.compare(b));
    const folder = path.at(-1) === 0x2f ? path : Buffer.concat([path, slash]);
    for (const name of names) {
      if (signal.aborted) {
        refuse(path, 'was not listed to its end: the run was interrupted');
        return;
      }
      await visit(Buffer.concat([folder, name]), depth + 1, matches);
    }
  }
}

async function leadsToKernel(path: Buffer): Promise<boolean> {
  return /^\/(?:dev|proc|sys)(?:\/|$)/.test(await realpath(path));
}

function kindOf(mode: number): string {
  switch (mode & constants.S_IFMT) {
    case constants.S_IFIFO:
      return 'a FIFO';
    case constants.S_IFSOCK:
      return 'a socket';
    case constants.S_IFCHR:
    case constants.S_IFBLK:
      return 'a device';
    default:
      return 'something else';
  }
}

async function reasonFor(error: unknown, path: Buffer): Promise<string> {
  const code = codeOf(error);
  if (code === 'ENOENT') {
    const dangling = await lstat(path).then(
      (info) => info.isSymbolicLink(),
      () => false,
    );
    return dangling ? 'is a symbolic link to nothing' : 'does not exist';
  }
  return explainCode(code);
}

/** The code of a file system error, `unknown error` when it has none. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'unknown error';
}

/** What a file system error means to the reader of a report. */
export function explainCode(code: string): string {
  const known: Readonly<Record<string, string>> = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    ELOOP: 'is a symbolic link that leads to itself',
    ENOENT: 'vanished before it was read',
    ENOTDIR: 'a part of its path is not a directory',
    ENAMETOOLONG: 'its name is too long',
    EMFILE: 'too many open files',
    EIO: 'the disk reports an error',
    ESTALE: 'vanished before it was read',
  };
  return known[code] ?? `cannot be read (${code})`;
}
