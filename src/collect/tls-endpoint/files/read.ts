import { open } from 'node:fs/promises';
import type { CertificateSource } from '../../../model/target';
import { type Certificate, type Material, parseCertificate, readMaterial } from '../../../protocol/x509';
import { codeOf, discover, explainCode, type LogFile } from '../../log-secrets/discover';
import { isGlob } from '../../log-secrets/glob';
import { printablePath } from '../../log-secrets/printable';
import { type Profile, readProfile } from './profile';

/** A file that was read. */
export interface ReadFile extends Omit<Material, 'certificates'> {
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly certificates: readonly Certificate[];
}

/** What one declared source came to. */
export interface ReadSource extends Pick<CertificateSource, 'node' | 'holder'> {
  readonly files: readonly ReadFile[];
  readonly notRead: readonly { readonly path: string; readonly reason: string }[];
  readonly profiles: readonly Profile[];
}

/** Longest waits: a mount whose server is gone never answers, and an open on it cannot be called off. */
export interface Patience {
  readonly listMs: number;
  readonly fileMs: number;
}

const patient: Patience = { listMs: 30_000, fileMs: 10_000 };

/** A bundle of all public CAs has 0.3 MiB. */
const LARGEST = 4 << 20;
const MOST = 2000;

/** In folders only these are opened: a data folder of PostgreSQL holds thousands of others. */
const likely = /\.(?:pem|crt|cer|cert|der|key|p12|pfx|p7b|p7c|ca-bundle)$/i;
const context = /(?:^|\/)profiles\/[^/]+\/context\.json$/;

/**
 * Reads the certificate files of one holder. Sends nothing; never rejects. After the first path that does not answer the others
 * of this holder are left alone: each would keep one of the four threads that files are read with.
 */
export async function readSource(
  source: CertificateSource,
  signal: AbortSignal,
  { listMs, fileMs }: Patience = patient,
): Promise<ReadSource> {
  const { node, holder, paths, password } = source;
  const files: ReadFile[] = [];
  const profiles: Profile[] = [];
  const notRead: { path: string; reason: string }[] = [];
  const seen = new Set<string>();
  /** The path that did not answer, if any. */
  const hung: string[] = [];
  const hangs = (path: string, ms: number): void => {
    notRead.push({ path, reason: `did not answer within ${String(ms / 1000)} seconds` });
    hung.push(path);
  };
  for (const declared of paths) {
    const found = hung.length === 0 ? await within(listMs, discover([declared], signal)) : null;
    if (found === null) {
      if (hung.length === 0) hangs(declared, listMs);
      else notRead.push({ path: declared, reason: `was not read, because ${hung.join()} did not answer` });
      continue;
    }
    notRead.push(...found.refused, ...found.empty.map((path) => ({ path, reason: 'holds nothing' })));
    for (const file of found.files) {
      const path = printablePath(file.path);
      // What was named is read whatever it is called.
      const wanted = isGlob(declared) || path === declared || likely.test(path) || context.test(path);
      if (!wanted || seen.has(path)) continue;
      seen.add(path);
      if (seen.size > MOST || signal.aborted) {
        notRead.push({
          path,
          reason: signal.aborted ? 'the run was interrupted' : `beyond the first ${String(MOST)} files`,
        });
        continue;
      }
      if (hung.length > 0) {
        notRead.push({ path, reason: `was not read, because ${hung.join()} did not answer` });
        continue;
      }
      const opened = await within(fileMs, readBytes(file));
      if (opened === null) hangs(path, fileMs);
      else if (typeof opened === 'string') notRead.push({ path, reason: opened });
      else if (context.test(path)) profiles.push(readProfile(path, opened.bytes));
      else files.push(await readFile(path, opened, password?.reveal() ?? null));
    }
  }
  return { node, holder, files, notRead, profiles };
}

async function readFile(path: string, { bytes, mode }: Opened, password: string | null): Promise<ReadFile> {
  const material = await readMaterial(bytes, password);
  return { ...material, path, mode, certificates: material.certificates.map((der) => parseCertificate(der)) };
}

interface Opened {
  readonly bytes: Uint8Array;
  readonly mode: number;
}

/** What a promise that never rejects comes to; null where that takes longer. */
function within<T>(ms: number, promise: Promise<T>): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      resolve(null);
    }, ms);
    promise
      .finally(() => {
        clearTimeout(timer);
      })
      .then(resolve, reject);
  });
}

/** The bytes of a file, or why there are none. */
async function readBytes({ path, size }: LogFile): Promise<Opened | string> {
  if (size > LARGEST) return `larger than ${String(LARGEST >> 20)} MiB: no certificate file`;
  try {
    const handle = await open(path, 'r');
    try {
      const buffer = Buffer.alloc(Math.min(size, LARGEST) + 1);
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
      const { mode } = await handle.stat();
      return bytesRead > size
        ? 'grew while it was read'
        : { bytes: new Uint8Array(buffer.subarray(0, bytesRead)), mode: mode & 0o7777 };
    } finally {
      await handle.close();
    }
  } catch (error) {
    return explainCode(codeOf(error));
  }
}
