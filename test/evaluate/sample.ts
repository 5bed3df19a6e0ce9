import { join } from 'node:path';
import { loadCatalogue, loadProfile, selectRules } from '../../src/evaluate/index';
import type { Evidence, EvidenceBundle } from '../../src/model/evidence';
import type { Selection } from '../../src/model/report';
import { packageRoot } from '../../src/schema/package-root';
import { baselineOf } from '../catalogue/case-data';

export const rulesFolder = join(packageRoot(), 'rules');
export const profiles = join(rulesFolder, 'profiles');

/** The shipped rules under a shipped profile. */
export function shipped(profile = 'base'): Selection {
  return selectRules(loadCatalogue(rulesFolder), loadProfile(profile, profiles));
}

/** Observed evidence: the baseline of the type, with changes on top. */
export function observed(type: Evidence['type'], id: string, changes: object = {}): Evidence {
  const subject = { id, kind: 'listener', title: id };
  const data = { ...(baselineOf(type) as object), ...changes };
  return { type, subject, observedAt: '2026-07-01T12:00:00.000Z', state: 'observed', data } as Evidence;
}

/** A bundle around the evidence. */
export function bundleOf(
  evidence: readonly Evidence[],
  run: Partial<EvidenceBundle['run']> = {},
): EvidenceBundle {
  return {
    schemaVersion: '1.0',
    tool: { name: 'cfy-audit', version: '0.0.0' },
    run: {
      id: 'r1',
      startedAt: '2026-07-01T12:00:00.000Z',
      finishedAt: '2026-07-01T12:01:00.000Z',
      interrupted: false,
      vantage: 'network',
      ...run,
    },
    target: { name: 'sample', version: '7.1', nodes: [], identities: [] },
    traffic: [],
    evidence,
    digest: 'sha256:0',
  };
}
