import { isAbsolute, resolve as resolvePath } from 'node:path';
import { InputError } from '../model/errors';
import { secret, type Secret } from '../model/target';
import type { CredentialEntry } from '../model/target-file';
import type { InputFile } from './input-file';
import { ReferenceFault, soleReference, variable, type Environment } from './references';
import { valueAt, type TargetText } from './target-text';

/** Where credentials are looked up. */
export interface CredentialSources {
  readonly environment: Environment;
  /** Reads a file that holds one credential; or says why it cannot. */
  readonly readSecret: (path: string) => InputFile | { readonly fault: string };
  /** Asks at the terminal, without echo. */
  readonly prompt: (question: string) => Promise<string>;
}

/** One credential of the file, not yet looked up. */
export interface CredentialRequest {
  readonly pointer: string;
  readonly entry: CredentialEntry;
  /** What to ask when it is a prompt. */
  readonly question: string;
}

/** JSON pointers of credentials: these strings are never expanded in place, nor quoted. */
export function isCredentialPointer(pointer: string): boolean {
  return /^\/users\/\d+\/(password|token)$|^\/certificates\/\d+\/password$|^\/secrets\/\d+\/value$|^\/(?:leaks\/fingerprintKey|monitoring\/password)$/.test(
    pointer,
  );
}

/** Refuses credentials in clear text. Runs before anything that could quote a value. */
export function refuseClearText(text: TargetText): void {
  for (const [pointer, key] of [
    ['/leaks/fingerprintKey', 'fingerprintKey'],
    ['/monitoring/password', 'password'],
  ] as const) {
    const written = valueAt(text.value, pointer);
    if (written !== undefined && !isReference(written)) throw text.fault(pointer, howToWrite(written, key));
  }
  for (const [list, keys] of [
    ['/users', ['password', 'token']],
    ['/secrets', ['value']],
    ['/certificates', ['password']],
  ] as const) {
    const entries = valueAt(text.value, list);
    if (!Array.isArray(entries)) continue;
    for (const index of entries.keys()) {
      for (const key of keys) {
        const pointer = `${list}/${index}/${key}`;
        const value = valueAt(text.value, pointer);
        if (value !== undefined && !isReference(value)) throw text.fault(pointer, howToWrite(value, key));
      }
    }
  }
}

/** Looks credentials up by pointer, those that need no question first: nobody types a password in vain. */
export async function lookUpAll(
  requests: readonly CredentialRequest[],
  text: TargetText,
  folder: string,
  sources: CredentialSources,
): Promise<{ readonly secrets: ReadonlyMap<string, Secret>; readonly warnings: readonly string[] }> {
  const isAsked = ({ entry }: CredentialRequest): boolean => typeof entry !== 'string' && 'prompt' in entry;
  const secrets = new Map<string, Secret>();
  const warnings: string[] = [];
  for (const request of [...requests].sort((a, b) => Number(isAsked(a)) - Number(isAsked(b)))) {
    const found = await lookUp(request, text, folder, sources);
    secrets.set(request.pointer, found.secret);
    if (found.warning !== undefined) warnings.push(found.warning);
  }
  return { secrets, warnings };
}

/** Looks a credential up. Throws InputError: unset, unreadable, empty, more than one line. Never tells the value. */
async function lookUp(
  { pointer, entry, question }: CredentialRequest,
  text: TargetText,
  folder: string,
  sources: CredentialSources,
): Promise<{ readonly secret: Secret; readonly warning?: string }> {
  if (typeof entry === 'string') {
    return { secret: sound(fromEnvironment(entry, pointer, text, sources), pointer, text) };
  }
  if ('prompt' in entry) return { secret: sound(await ask(question, pointer, text, sources), pointer, text) };
  const place = `${pointer}/file`;
  const path = isAbsolute(entry.file) ? entry.file : resolvePath(folder, entry.file);
  const file = sources.readSecret(path);
  if ('fault' in file) throw text.fault(place, `${text.written(place)} cannot be read: ${file.fault}`);
  const value = sound(decode(file.bytes, place, text), place, text);
  if (!file.worldReadable) return { secret: value };
  const warning = `everybody on this machine can read ${text.written(place)}; its mode should be 0600`;
  return { secret: value, warning: text.fault(place, warning).describe() };
}

function isReference(value: unknown): boolean {
  if (typeof value === 'string') return soleReference(value) !== null;
  if (value === null || typeof value !== 'object') return false;
  const { file, prompt, ...rest } = value as Record<string, unknown>;
  const choices = [typeof file === 'string', prompt === true];
  return (
    choices.filter(Boolean).length === 1 && Object.keys(value).length === 1 && Object.keys(rest).length === 0
  );
}

function howToWrite(value: unknown, key: string): string {
  const ways = `'\${NAME}' for an environment variable, { file: PATH } or { prompt: true }`;
  return typeof value === 'string' || typeof value === 'number'
    ? `a ${key} must not stand in this file; write ${ways}`
    : `a ${key} is written as ${ways}`;
}

function fromEnvironment(
  entry: string,
  pointer: string,
  text: TargetText,
  { environment }: CredentialSources,
): string {
  try {
    return variable(soleReference(entry) ?? '', environment);
  } catch (error) {
    if (error instanceof ReferenceFault) throw text.fault(pointer, error.message);
    throw error;
  }
}

async function ask(
  question: string,
  pointer: string,
  text: TargetText,
  { prompt }: CredentialSources,
): Promise<string> {
  try {
    return await prompt(question);
  } catch (error) {
    if (error instanceof InputError) throw text.fault(pointer, error.message);
    throw error;
  }
}

function decode(bytes: Uint8Array, pointer: string, text: TargetText): string {
  try {
    // fatal: a password that is not UTF-8 would silently become another one.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/(\r?\n)+$/, '');
  } catch {
    throw text.fault(pointer, `${text.written(pointer)} holds no text (UTF-8)`);
  }
}

function sound(value: string, pointer: string, text: TargetText): Secret {
  if (value === '') throw text.fault(pointer, 'the credential is empty');
  if (/[\r\n]/.test(value)) throw text.fault(pointer, 'the credential has more than one line');
  if (/\p{Cc}/u.test(value)) throw text.fault(pointer, 'the credential holds a control character');
  return secret(value);
}
