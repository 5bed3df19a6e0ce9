import type { AllowedLeak, Secret } from '../model/target';
import type { LeaksEntry } from '../model/target-file';
import type { CredentialRequest } from './credentials';
import type { TargetText } from './target-text';

/** What may be found, checked. Throws InputError: nothing named, no such day, a fingerprint that changes in every run. */
export function readAllowed(
  { allow = [], fingerprintKey }: LeaksEntry,
  text: TargetText,
): readonly AllowedLeak[] {
  return allow.map(({ detector, path, fingerprint, reason, expires }, index) => {
    const pointer = `/leaks/allow/${String(index)}`;
    if (detector === undefined && path === undefined && fingerprint === undefined) {
      throw text.fault(pointer, 'name a detector, a path or a fingerprint: this would allow everything');
    }
    if (fingerprint !== undefined && fingerprintKey === undefined) {
      throw text.fault(
        `${pointer}/fingerprint`,
        'without leaks.fingerprintKey fingerprints are new in every run, so this one would never fit',
      );
    }
    const day = new Date(`${expires}T00:00:00Z`);
    if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== expires) {
      throw text.fault(`${pointer}/expires`, `${text.written(`${pointer}/expires`)} is no day`);
    }
    return {
      detector: detector ?? null,
      path: path ?? null,
      fingerprint: fingerprint ?? null,
      reason,
      expires,
    };
  });
}

/** The key of fingerprints, to be looked up like a credential. */
export function fingerprintKeyRequests({ fingerprintKey }: LeaksEntry): readonly CredentialRequest[] {
  if (fingerprintKey === undefined) return [];
  return [{ pointer: '/leaks/fingerprintKey', entry: fingerprintKey, question: 'Key of fingerprints: ' }];
}

/** A key that can be guessed would let everybody try values against fingerprints. Throws InputError. */
export function checkFingerprintKey(key: Secret | undefined, text: TargetText): void {
  if (key === undefined || key.reveal().length >= 16) return;
  throw text.fault('/leaks/fingerprintKey', 'the key has fewer than 16 characters');
}

/** What the auditor should know: an allowance that has run out allows nothing. `today`: YYYY-MM-DD. */
export function expiredWarnings(
  allowed: readonly AllowedLeak[],
  today: string,
  text: TargetText,
): readonly string[] {
  return allowed.flatMap(({ expires }, index) => {
    if (expires >= today) return [];
    const message = `this allowance ran out on ${expires}: what it allowed counts again`;
    return [text.fault(`/leaks/allow/${String(index)}`, message).describe()];
  });
}
