import type { Certificate } from './certificate';
import { anyPolicy } from './oids';

/** Policies that the relying party asks for (RFC 5280 §6.1.1); default: any policy, nothing required. */
export interface PolicyInput {
  readonly acceptable?: readonly string[];
  readonly requireExplicit?: boolean;
  readonly inhibitMapping?: boolean;
  readonly inhibitAnyPolicy?: boolean;
}

/** One valid policy at the present depth, where the tree of RFC 5280 is kept as the graph of RFC 9618. */
interface Node {
  readonly expected: ReadonlySet<string>;
  /** Policies of the anchor's domain that lead here. */
  readonly roots: ReadonlySet<string>;
}

/** State of RFC 5280 §6.1.2; an empty `nodes` is the null tree. */
export interface PolicyState {
  nodes: Map<string, Node>;
  explicit: number;
  mapping: number;
  any: number;
  readonly acceptable: readonly string[] | null;
}

/** Initial state for a path of `length` certificates below the anchor. */
export function startPolicies(length: number, input: PolicyInput | null): PolicyState {
  const never = length + 1;
  return {
    nodes: new Map([[anyPolicy, { expected: new Set([anyPolicy]), roots: new Set([anyPolicy]) }]]),
    explicit: input?.requireExplicit === true ? 0 : never,
    mapping: input?.inhibitMapping === true ? 0 : never,
    any: input?.inhibitAnyPolicy === true ? 0 : never,
    acceptable: input?.acceptable ?? null,
  };
}

/** Takes in one certificate (§6.1.3 d to f, §6.1.4 a, b, h to j; §6.1.5 for the leaf). Returns what is wrong, or null. */
export function stepPolicies(state: PolicyState, certificate: Certificate, isLeaf: boolean): string | null {
  const selfIssued = certificate.subject.key === certificate.issuer.key;
  const policies = certificate.extensions.policies?.value;
  state.nodes =
    policies === undefined
      ? new Map<string, Node>()
      : advance(state, policies, state.any > 0 || (!isLeaf && selfIssued));
  if (state.explicit === 0 && state.nodes.size === 0)
    return 'has no policy that is valid for the whole path, and a CA above requires one';
  if (isLeaf) return finish(state, certificate);
  const problem = map(state, certificate);
  if (problem !== null) return problem;
  if (!selfIssued) {
    state.explicit = Math.max(0, state.explicit - 1);
    state.mapping = Math.max(0, state.mapping - 1);
    state.any = Math.max(0, state.any - 1);
  }
  const constraints = certificate.extensions.policyConstraints?.value;
  state.explicit = Math.min(state.explicit, constraints?.requireExplicit ?? Infinity);
  state.mapping = Math.min(state.mapping, constraints?.inhibitMapping ?? Infinity);
  state.any = Math.min(state.any, certificate.extensions.inhibitAnyPolicy?.value ?? Infinity);
  return null;
}

/** The next level: nodes for the certificate's policies that the level above expects. */
function advance(state: PolicyState, policies: readonly string[], allowsAny: boolean): Map<string, Node> {
  const next = new Map<string, Node>();
  const parents = new Map<string, Set<string>>();
  for (const [policy, { expected, roots }] of state.nodes) {
    for (const value of expected) {
      const known = parents.get(value) ?? new Set();
      // Below anyPolicy a policy stands for itself in the anchor's domain.
      for (const root of policy === anyPolicy ? [value] : roots) known.add(root);
      parents.set(value, known);
    }
  }
  const listed = new Set(policies);
  for (const policy of listed) {
    if (policy === anyPolicy) continue;
    const roots = parents.get(policy) ?? (parents.has(anyPolicy) ? new Set([policy]) : null);
    if (roots !== null) next.set(policy, { expected: new Set([policy]), roots });
  }
  if (listed.has(anyPolicy) && allowsAny) {
    for (const [value, roots] of parents)
      if (!next.has(value)) next.set(value, { expected: new Set([value]), roots });
  }
  return next;
}

function map(state: PolicyState, { extensions }: Certificate): string | null {
  const targets = new Map<string, Set<string>>();
  for (const [from, to] of extensions.policyMappings?.value ?? []) {
    if (from === anyPolicy || to === anyPolicy) return 'maps anyPolicy, which RFC 5280 §4.2.1.5 forbids';
    targets.set(from, (targets.get(from) ?? new Set()).add(to));
  }
  for (const [from, expected] of targets) {
    const node = state.nodes.get(from);
    if (state.mapping === 0) state.nodes.delete(from);
    else if (node !== undefined) state.nodes.set(from, { ...node, expected });
    else if (state.nodes.has(anyPolicy)) state.nodes.set(from, { expected, roots: new Set([from]) });
  }
  return null;
}

function finish(state: PolicyState, { extensions }: Certificate): string | null {
  state.explicit = Math.max(0, state.explicit - 1);
  if (extensions.policyConstraints?.value.requireExplicit === 0) state.explicit = 0;
  if (state.explicit > 0) return null;
  const { acceptable } = state;
  const reached = [...state.nodes.values()].flatMap(({ roots }) => [...roots]);
  const fits =
    acceptable === null || acceptable.includes(anyPolicy)
      ? reached.length > 0
      : reached.some((root) => root === anyPolicy || acceptable.includes(root));
  return fits ? null : 'has no acceptable policy that is valid for the whole path, and one is required';
}
