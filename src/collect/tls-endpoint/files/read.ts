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

/** A bundle of all public CAs has 0.3 MiB. */
const LARGEST = 4 << 20;
const MOST = 2000;

/** In folders only these are opened: a data folder of PostgreSQL holds thousands of others. */
const likely = /\.(?:pem|crt|cer|cert|der|key|p12|pfx|p7b|p7c|ca-bundle)$/i;
const context = /(?:^|\/)profiles\/[^/]+\/context\.json$/;

/** Reads the certificate files of one holder. Sends nothing; never rejects. */
export async function readSource(source: CertificateSource, signal: AbortSignal): Promise<ReadSource> {
  const { node, holder, paths, password } = source;
  const files: ReadFile[] = [];
  const profiles: Profile[] = [];
  const notRead: { path: string; reason: string }[] = [];
  const seen = new Set<string>();
  for (const declared of paths) {
    const found = await discover([declared], signal);
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
      const opened = await readBytes(file);
      if (typeof opened === 'string') notRead.push({ path, reason: opened });
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
