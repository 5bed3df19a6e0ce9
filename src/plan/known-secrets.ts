import type { KnownSecret, Secret } from '../model/target';
import type { SecretEntry } from '../model/target-file';
import type { CredentialRequest } from './credentials';
import type { TargetText } from './target-text';

/** Refuses two secrets of one name: a finding names the secret it is about. Throws InputError. */
export function checkKnownSecrets(entries: readonly SecretEntry[], text: TargetText): void {
  const names = entries.map(({ name }) => name);
  const repeated = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (repeated === -1) return;
  const pointer = `/secrets/${repeated}/name`;
  throw text.fault(pointer, `${text.written(pointer)} is declared twice`);
}

/** The values to search logs for, to be looked up like credentials. */
export function knownSecretRequests(entries: readonly SecretEntry[]): readonly CredentialRequest[] {
  return entries.map(({ name, value }, index) => ({
    pointer: `/secrets/${index}/value`,
    entry: value,
    question: `Value of ${name}: `,
  }));
}

/** Secrets with the values that were looked up. */
export function knownSecretsOf(
  entries: readonly SecretEntry[],
  found: ReadonlyMap<string, Secret>,
): readonly KnownSecret[] {
  return entries.flatMap(({ name }, index) => {
    const value = found.get(`/secrets/${index}/value`);
    return value === undefined ? [] : [{ name, value }];
  });
}
