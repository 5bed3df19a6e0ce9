import type { Secret, Target } from '../model/target';
import type { TargetFile } from '../model/target-file';
import type { CredentialRequest } from './credentials';

const pointer = '/monitoring/password';

/** The password of port 8009, to be looked up like every credential. */
export function monitoringRequests({ monitoring }: TargetFile): readonly CredentialRequest[] {
  if (monitoring === undefined) return [];
  return [{ pointer, entry: monitoring.password, question: 'Password of the monitoring account: ' }];
}

/** The account of port 8009 with the password that was looked up; nothing where none is declared. */
export function monitoringOf(
  { monitoring }: TargetFile,
  found: ReadonlyMap<string, Secret>,
): Pick<Target, 'monitoring'> {
  const password = found.get(pointer);
  if (monitoring === undefined || password === undefined) return {};
  // What prometheus.credentials has when nobody changed it (Cloudify 7.1 config.yaml).
  return { monitoring: { username: monitoring.username ?? 'monitoring_user', password } };
}
