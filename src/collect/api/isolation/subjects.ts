import type { Subject } from '../../../model/evidence';
import type { Manager } from '../../../model/target';

/** What one account can reach. */
export function isolationSubject({ name }: Manager, actor: string): Subject {
  return {
    id: `${name}/isolation/${actor}`,
    kind: 'actor',
    title: `${name} · tenants as ${actor} sees them`,
    node: name,
  };
}

/** All tenants together. */
export function tenancySubject({ name }: Manager): Subject {
  return { id: `${name}/tenancy`, kind: 'target', title: `${name} · tenants held apart`, node: name };
}
