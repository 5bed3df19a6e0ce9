import { createHmac } from 'node:crypto';
import type { LogLeak } from '../../model/log-secrets';
import {
  endsOf,
  isUnchanged,
  lookAt,
  nextOffset,
  recognise,
  type Checkpoint,
  type Sight,
} from './checkpoint';
import { searchFiles, searchParts } from './crew';
import type { LogFile } from './discover';
import { mergeLeaks } from './ledger';
import { goOnPacked } from './packed-rotation';
import { joinParts, partBytes, type Part, type PartSearch } from './parts';
import { printablePath } from './printable';
import { logicalPath } from './rotation';
import type { FileSearch } from './search';
import { readMemory, writeMemory } from './memory';
import { shippedDetectors } from './detector';
import type { Orders } from './thread';

/** What the next run is told, and of which node. */
export interface Remembering {
  readonly file: string;
  readonly node: string | null;
  /** Bytes of one file after which what came of it is remembered; left out, 2 GiB: threads start anew for each stretch. */
  readonly stretch?: number;
}

const saveEveryMs = 2000;
const stretchBytes = 2 * 1024 ** 3;

/** Searches what has come to the files since the last run; what was found then and still stands there is kept. */
export async function searchSince(
  files: readonly LogFile[],
  orders: Orders,
  remembering: Remembering,
  signal: AbortSignal,
  done: (file: LogFile) => void,
): Promise<readonly FileSearch[]> {
  const key = orders.fingerprintKey;
  const search = searchDigest(orders);
  // Other detectors or other secrets may find something in what was read before.
  const free = new Set(await readMemory(remembering, search));
  const before = [...free];
  const kept: Checkpoint[] = [];
  const results = new Map<LogFile, FileSearch>();
  const fresh: LogFile[] = [];
  let saved = performance.now();
  const save = (partial: readonly Checkpoint[] = []): Promise<void> =>
    writeMemory(remembering, search, [...kept, ...partial, ...before.filter((one) => free.has(one))]);
  const within = { stretch: remembering.stretch ?? stretchBytes, orders, signal };
  for (const file of files) {
    const sight = await lookAt(file);
    const known = sight === null ? null : await recognise(sight, free, key);
    if (known !== null) free.delete(known);
    if (sight !== null && known !== null && isUnchanged(sight, known)) {
      const result = rename(known, sight.name);
      results.set(file, result);
      kept.push({ ...known, path: sight.name, result });
      done(file);
    } else if (sight?.isPlain === true) {
      let told = 0;
      const one = await searchOn(sight, known, within, async (partial) => {
        done({ ...file, size: partial.offset - told });
        told = partial.offset;
        await save([partial]);
      });
      if (one === null) fresh.push({ ...file, size: Math.max(0, file.size - told) });
      else {
        results.set(file, one.result);
        // What was cut short goes on where it was cut, or begins again where it began this time.
        const remembered = one.checkpoint ?? known;
        if (remembered !== null && remembered !== known) kept.push(remembered);
        else if (known !== null) free.add(known);
        done({ ...file, size: Math.max(0, file.size - told) });
        // A run that is cut off goes on from here.
        if (performance.now() - saved > saveEveryMs) {
          await save();
          saved = performance.now();
        }
      }
    } else {
      const packed = sight === null ? null : await goOnPacked(sight, free, orders, signal);
      if (sight === null || packed === null) {
        fresh.push(file);
        continue;
      }
      const result = joinPacked(sight, packed.known, packed.rest);
      results.set(file, result);
      done(file);
      if (packed.rest.fault !== null) continue;
      free.delete(packed.known);
      kept.push(finished(sight, result));
    }
  }
  const whole = await searchFiles(fresh, orders, signal, done);
  for (const [index, file] of fresh.entries()) {
    const result = whole[index] ?? { searched: [], notRead: [] };
    results.set(file, result);
    const sight = await lookAt(file);
    const isWhole = result.notRead.length === 0 && result.searched.every(({ reason }) => reason === null);
    if (sight === null || !isWhole || signal.aborted) continue;
    kept.push(finished(sight, result));
  }
  const lost = missedOf([...free], files);
  for (const one of before) if (free.has(one) && !signal.aborted) free.delete(one);
  await save();
  return [...files.flatMap((file) => results.get(file) ?? []), ...lost];
}

/** A file that is not gone on with: its result stands for as long as it does not change. */
function finished({ name: path, dev, ino, size, mtimeMs }: Sight, result: FileSearch): Checkpoint {
  const nothing = { length: 0, value: '' };
  return { path, dev, ino, size, mtimeMs, head: nothing, tail: nothing, offset: 0, before: null, result };
}

/** What was found in a log while it was plain, and in the rest of it after it was packed. */
function joinPacked({ file, name }: Sight, { path, before }: Checkpoint, rest: PartSearch): FileSearch {
  const parts = before === null ? [rest] : [renamePart(before, path, name), rest];
  const { searched, notRead } = joinParts(file.path, parts);
  return {
    searched: searched.map((one) => ({ ...one, facts: { ...one.facts, compressed: true } })),
    notRead,
  };
}

interface Within {
  readonly stretch: number;
  readonly orders: Orders;
  readonly signal: AbortSignal;
}

/** What came of a file in this run, and from where the next one goes on; null: from where this one did. */
interface SearchedOn {
  readonly result: FileSearch;
  readonly checkpoint: Checkpoint | null;
}

/**
 * Goes on where the last run stopped, or begins; `keep` is told after each stretch of a long file, so that a run that is
 * cut off loses no more than one. null: the file holds NULs and has to be searched whole.
 */
async function searchOn(
  sight: Sight,
  known: Checkpoint | null,
  { stretch, orders, signal }: Within,
  keep: (partial: Checkpoint) => Promise<void>,
): Promise<SearchedOn | null> {
  const { name, size, file } = sight;
  const past = known?.before ?? null;
  const from = past === null ? 0 : (known?.offset ?? 0);
  const offset = await nextOffset(sight, from);
  const cuts = [...cutsBetween(from, offset, size), { from: offset, to: size, size }];
  const sound = known === null || past === null ? [] : [renamePart(past, known.path, name)];
  const parts: PartSearch[] = [];
  const each = Math.max(1, Math.floor(stretch / partBytes));
  while (parts.length < cuts.length && parts.every(({ fault }) => fault === null)) {
    if (parts.length > 0) {
      const partial = await partialOf(sight, sound, parts, cuts, orders);
      if (partial !== null) await keep(partial);
    }
    const next = cuts.slice(parts.length, parts.length + each);
    parts.push(...(await searchParts(file.path, next, orders, signal)));
    if (parts.some(({ hasNul }) => hasNul)) return null;
  }
  const before = combine([...sound, ...(parts.length < cuts.length ? parts : parts.slice(0, -1))]);
  const result = joinParts(file.path, [before, ...(parts.length < cuts.length ? [] : parts.slice(-1))]);
  const isWhole = parts.length === cuts.length && parts.every(({ fault }) => fault === null);
  if (!isWhole) return { result, checkpoint: await partialOf(sight, sound, parts, cuts, orders) };
  return { result, checkpoint: await checkpointAt(sight, offset, before, result, orders) };
}

/** A checkpoint behind the last part of those that were read to their end; null: there is none, or another file took the place. */
async function partialOf(
  sight: Sight,
  sound: readonly PartSearch[],
  parts: readonly PartSearch[],
  cuts: readonly Part[],
  orders: Orders,
): Promise<Checkpoint | null> {
  const faulty = parts.findIndex(({ fault }) => fault !== null);
  // The last cut ends where the file does, so that what stands there may go on.
  const count = Math.min(faulty === -1 ? parts.length : faulty, cuts.length - 1);
  const last = cuts[count - 1];
  if (last === undefined) return null;
  const before = combine([...sound, ...parts.slice(0, count)]);
  const nothing: FileSearch = { searched: [], notRead: [] };
  const partial = await checkpointAt(sight, last.to, before, nothing, orders);
  // Never taken for unchanged: the rest is still to be searched.
  return partial === null ? null : { ...partial, mtimeMs: -1 };
}

/** null: another file took the place meanwhile, so that what was read may be of either. */
async function checkpointAt(
  { name: path, dev, ino, size, mtimeMs, file }: Sight,
  offset: number,
  before: PartSearch,
  result: FileSearch,
  { fingerprintKey }: Orders,
): Promise<Checkpoint | null> {
  const ends = await endsOf(file.path, offset, size, fingerprintKey);
  const now = await lookAt(file);
  const isSame = now !== null && now.ino === ino && now.dev === dev && now.size >= size;
  return isSame && ends !== null ? { path, dev, ino, size, mtimeMs, ...ends, offset, before, result } : null;
}

function cutsBetween(from: number, to: number, size: number): readonly Part[] {
  const cuts: Part[] = [];
  for (let at = from; at < to; at += partBytes)
    cuts.push({ from: at, to: Math.min(to, at + partBytes), size });
  return cuts;
}

/** Several parts as one, lines counted from where the first begins. */
function combine(parts: readonly PartSearch[]): PartSearch {
  let line = 0;
  const moved = parts.map((part) => {
    const by = line;
    line += part.newlines;
    const move = (leak: LogLeak): LogLeak => ({
      ...leak,
      firstLine: leak.firstLine + by,
      lastLine: leak.lastLine + by,
    });
    return { leaks: part.leaks.map(move), privateKeys: part.privateKeys.map(move) };
  });
  return {
    leaks: mergeLeaks(moved.flatMap(({ leaks }) => leaks)),
    privateKeys: mergeLeaks(moved.flatMap(({ privateKeys }) => privateKeys)),
    truncated: parts.some(({ truncated }) => truncated),
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    newlines: line,
    endsInNewline: parts.at(-1)?.endsInNewline ?? true,
    fault: parts.find(({ fault }) => fault !== null)?.fault ?? null,
    hasNul: false,
  };
}

/** Logs that were written to when last seen, and whose continuation is nowhere: what came after was not searched. */
function missedOf(lost: readonly Checkpoint[], files: readonly LogFile[]): readonly FileSearch[] {
  const names = files.map(({ path }) => printablePath(path));
  return (
    lost
      .filter(({ path, before }) => before !== null && logicalPath(path) === path)
      // Packed by logrotate at once: it is there under another name, and was searched whole.
      .filter(({ path }) => !names.some((name) => name !== path && logicalPath(name) === path))
      .map(({ path }) => ({
        searched: [],
        notRead: [
          {
            path,
            reason: 'was replaced since the last run, and what was written to it until then is not there',
          },
        ],
      }))
  );
}

function rename({ path, result }: Checkpoint, name: string): FileSearch {
  if (path === name) return result;
  const leakOf = (leak: LogLeak): LogLeak => ({ ...leak, file: renamed(leak.file, path, name) });
  return {
    searched: result.searched.map((one) => ({
      ...one,
      path: renamed(one.path, path, name),
      facts: { ...one.facts, path: renamed(one.facts.path, path, name) },
      leaks: one.leaks.map(leakOf),
      privateKeys: one.privateKeys.map(leakOf),
    })),
    notRead: result.notRead.map((one) => ({ ...one, path: renamed(one.path, path, name) })),
  };
}

function renamePart(part: PartSearch, from: string, to: string): PartSearch {
  const leakOf = (leak: LogLeak): LogLeak => ({ ...leak, file: renamed(leak.file, from, to) });
  return { ...part, leaks: part.leaks.map(leakOf), privateKeys: part.privateKeys.map(leakOf) };
}

function renamed(path: string, from: string, to: string): string {
  return path === from ? to : path.startsWith(`${from}!`) ? `${to}${path.slice(from.length)}` : path;
}

/** Changes with the detectors and the known values; tells nothing of them. */
function searchDigest({ known, fingerprintKey }: Orders): string {
  const hmac = createHmac('sha256', fingerprintKey).update('search\n');
  hmac.update(JSON.stringify(shippedDetectors()));
  for (const { name, value } of known) hmac.update(`${JSON.stringify([name, value])}\n`);
  return hmac.digest('hex');
}
