import type { Inventory, Part } from './inventory';
import { nodesOf, type NodeLines } from './nodes';
import { comment, scalar } from './yaml-text';

/** What the `init` command knows beside the inventory. */
export interface RenderOptions {
  /** File, relative to the target file, into which the caller writes `inventory.caCertificates`. */
  readonly caFile?: string;
  /** How the account logged in; decides which reference is written. Default `password`. */
  readonly credential?: 'password' | 'token';
}

/**
 * Writes a target file for the auditor to edit, with what the manager told and, as comments, what is missing and why.
 * Holds references (`${CFY_AUDIT_ADMIN_PASSWORD}`) instead of credentials.
 */
export function renderTarget(inventory: Inventory, options: RenderOptions = {}): string {
  const { managers, brokers, databases } = nodesOf(inventory);
  const sections = [
    head(inventory),
    list('managers', managers, inventory.managers),
    list('brokers', brokers, inventory.brokers),
    list('databases', databases, inventory.databases),
    authorities(inventory, options),
    tenants(inventory),
    users(inventory, options),
    furtherUsers,
    logs,
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function head({ asked, trust, version }: Inventory): readonly string[] {
  const warning =
    trust === 'verified'
      ? []
      : comment(
          'The manager was asked WITHOUT verifying its certificate: compare what stands here with the real deployment.',
        );
  const told =
    version.state === 'known'
      ? [`version: ${JSON.stringify(version.value.version)}`]
      : comment(`version: "7.1"  (not established: ${version.reason})`);
  return [
    ...comment(
      `What ${asked.host} says its deployment is made of. Check every line: the audit trusts this file.`,
    ),
    ...comment('Certificates must name every address and name below; what is left out is not looked at.'),
    ...warning,
    `name: ${scalar(asked.host)}`,
    ...told,
  ];
}

function list(key: string, nodes: readonly NodeLines[], part: Part<unknown>): readonly string[] {
  const missing = part.state === 'unknown' ? comment(`${key}: not established: ${part.reason}`) : [];
  if (nodes.length === 0) {
    return missing.length > 0 ? missing : comment(`${key}: the manager names none`);
  }
  return [...missing, `${key}:`, ...nodes.flat()];
}

function authorities({ caCertificates, trust }: Inventory, { caFile }: RenderOptions): readonly string[] {
  const external = comment(
    'external: system   # or a file: the authority of the certificate that users see',
    '  ',
  );
  if (caCertificates.length === 0 || caFile === undefined) {
    return [
      ...comment('Without a CA nothing can be said about certificate chains.'),
      ...comment('ca:'),
      ...comment('  internal: internal-ca.pem'),
      ...external.map((line) => line.replace(/^ {2}# /, '#   ')),
    ];
  }
  const unsure =
    trust === 'verified' ? [] : comment('Came over an unverified connection: compare its fingerprint.', '  ');
  return ['ca:', ...unsure, `  internal: ${scalar(caFile)}`, ...external];
}

function tenants({ tenants: part }: Inventory): readonly string[] {
  if (part.state === 'unknown') return comment(`tenants: not established: ${part.reason}`);
  if (part.value.length === 0) return comment('tenants: the manager names none');
  return ['tenants:', ...[...new Set(part.value)].map((name) => `  - ${scalar(name)}`)];
}

function users({ self }: Inventory, { credential = 'password' }: RenderOptions): readonly string[] {
  const account = self.state === 'known' ? self.value : { username: 'admin', systemRole: null };
  const reference = credential === 'password' ? 'CFY_AUDIT_ADMIN_PASSWORD' : 'CFY_AUDIT_ADMIN_TOKEN';
  return [
    ...comment(
      'Accounts for the audit. Credentials are references: to the environment, a file ({ file: PATH }) or a',
    ),
    ...comment(
      'prompt ({ prompt: true }); never the credential itself. Better an account made for the audit than admin.',
    ),
    'users:',
    `  - username: ${scalar(account.username)}`,
    `    ${credential}: "\${${reference}}"`,
    ...(account.systemRole === null ? [] : [`    systemRole: ${scalar(account.systemRole)}`]),
  ];
}

// Taking `# ` away makes each of these lines part of the file.
const furtherUsers = [
  ...comment(
    '- username: auditor-a   # one user in each of two tenants lets tenant isolation be judged',
    '  ',
  ),
  ...comment('  password: "${CFY_AUDIT_TENANT_A_PASSWORD}"', '  '),
  ...comment('  tenants: { tenant_a: user }', '  '),
];

const logs = [
  ...comment('Logs, copied to or mounted on this machine:'),
  ...comment('logs:'),
  ...comment('  - paths: [./logs]'),
];
