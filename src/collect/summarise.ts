import type { TargetSummary } from '../model/evidence';
import type { Target } from '../model/target';

/** The target as the bundle remembers it. */
export function summarise(target: Target): TargetSummary {
  const { apiRequests = 'standard' } = target.limits;
  const groups = [
    ['manager', target.managers],
    ['broker', target.brokers],
    ['database', target.databases],
  ] as const;
  const names = [...new Set(groups.flatMap(([, nodes]) => nodes.map((n) => n.name)))];
  return {
    name: target.name,
    version: target.version,
    nodes: names.map((name) => ({
      name,
      roles: groups.filter(([, nodes]) => nodes.some((n) => n.name === name)).map(([role]) => role),
      addresses: [
        ...new Set(groups.flatMap(([, nodes]) => nodes.filter((n) => n.name === name).map((n) => n.address))),
      ],
    })),
    identities: target.users.map((u) => u.name),
    ...(apiRequests === 'standard' ? {} : { apiRequests }),
  };
}
