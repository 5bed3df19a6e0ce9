import type { KnownSecret } from '../model/target';
import type { SecretEntry } from '../model/target-file';
import { lookUp, type CredentialSources } from './credentials';
import type { TargetText } from './target-text';

/** Values to search logs for, looked up like credentials. Throws InputError as lookUp does. */
export async function loadKnownSecrets(
  entries: readonly SecretEntry[],
  text: TargetText,
  folder: string,
  sources: CredentialSources,
): Promise<{ readonly knownSecrets: readonly KnownSecret[]; readonly warnings: readonly string[] }> {
  const knownSecrets: KnownSecret[] = [];
  const warnings: string[] = [];
  for (const [index, { name, value }] of entries.entries()) {
    const request = { pointer: `/secrets/${index}/value`, entry: value, question: `Value of ${name}: ` };
    const { secret, warning } = await lookUp(request, text, folder, sources);
    knownSecrets.push({ name, value: secret });
    if (warning !== undefined) warnings.push(warning);
  }
  return { knownSecrets, warnings };
}
