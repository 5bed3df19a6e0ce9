import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import type { Checkpoint } from './checkpoint';
import type { Remembering } from './since-last';

/** The file of --since-last: one entry a node. */
interface Memory {
  readonly version: 1;
  readonly nodes: Readonly<
    Record<string, { readonly search: string; readonly files: readonly Checkpoint[] }>
  >;
}

/** Nodes are searched side by side and share the file: one writes at a time. */
let turn: Promise<unknown> = Promise.resolve();

/** What was remembered of a node; nothing where there is no file yet, or the search was another. */
export async function readMemory(
  { file, node }: Remembering,
  search: string,
): Promise<readonly Checkpoint[]> {
  const entry = (await read(file)).nodes[node ?? '-'];
  return entry?.search === search ? entry.files : [];
}

/** Replaces what is remembered of a node. Readable by its owner alone, and whole at any time. */
export function writeMemory(
  { file, node }: Remembering,
  search: string,
  files: readonly Checkpoint[],
): Promise<void> {
  const write = async (): Promise<void> => {
    const { nodes } = await read(file);
    const memory: Memory = { version: 1, nodes: { ...nodes, [node ?? '-']: { search, files } } };
    const draft = `${file}.new`;
    await writeFile(draft, JSON.stringify(memory), { mode: 0o600 });
    await chmod(draft, 0o600);
    await rename(draft, file);
  };
  const mine = turn.then(write);
  turn = mine.catch(() => undefined);
  return mine;
}

async function read(file: string): Promise<Memory> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Memory;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return { version: 1, nodes: {} };
    throw error;
  }
}
