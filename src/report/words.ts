import type { Vantage } from '../model/evidence';
import type { Finding } from '../model/finding';
import type { Gate } from '../model/report';
import type { Outcome } from '../model/rule';

/** How a finding ended, as a reader sees it: a waived failure is told apart, though its outcome is `fail`. */
export type State = Outcome | 'waived';

/** State of a finding, for people. */
export function stateOf(finding: Finding): State {
  return finding.outcome === 'fail' && finding.waiver !== null ? 'waived' : finding.outcome;
}

/** Order in which states are told: what needs the reader first. */
export const states: readonly State[] = [
  'fail',
  'waived',
  'error',
  'unknown',
  'manual',
  'pass',
  'notApplicable',
];

/** A sign that is not colour, a word, and what the word means. */
export const stateWords: Readonly<Record<State, { sign: string; word: string; meaning: string }>> = {
  fail: { sign: '✕', word: 'Failed', meaning: 'the requirement is violated; the evidence shows where' },
  waived: { sign: '◑', word: 'Waived', meaning: 'violated, and accepted by a named owner until a date' },
  error: { sign: '!', word: 'Error', meaning: 'cfy-audit itself failed here; nothing is established' },
  unknown: {
    sign: '?',
    word: 'Not established',
    meaning: 'the evidence proves neither a pass nor a failure',
  },
  manual: { sign: '✎', word: 'To attest', meaning: 'only a person can establish this' },
  pass: { sign: '✓', word: 'Passed', meaning: 'the evidence proves that the requirement is met' },
  notApplicable: {
    sign: '–',
    word: 'Not applicable',
    meaning: 'the requirement does not concern this subject',
  },
};

/** What the gate says and what the process exits with (0 passed, 1 failed, 3 incomplete). */
export const gateWords: Readonly<
  Record<Gate['outcome'], { sign: string; word: string; exit: number; meaning: string }>
> = {
  passed: { sign: '✓', word: 'Gate passed', exit: 0, meaning: 'nothing the profile forbids was found' },
  failed: { sign: '✕', word: 'Gate failed', exit: 1, meaning: 'something the profile forbids was found' },
  incomplete: {
    sign: '?',
    word: 'Incomplete',
    exit: 3,
    meaning: 'too little was established to say that the gate is passed',
  },
};

/** What a vantage means for the findings about reachability. */
export const vantageWords: Readonly<Record<Vantage, string>> = {
  network: 'from another host on the network',
  'same-host': 'from the same host: an open port here proves nothing about the network',
};

const areas: Readonly<Record<string, string>> = {
  TLS: 'Transport encryption',
  CRT: 'Certificates',
  KEY: 'Private keys',
  LOG: 'Logs',
  AUT: 'Authentication and exposure',
  RBC: 'Roles and permissions',
  TEN: 'Tenant isolation',
  SEC: 'Secrets',
  HST: 'Hosts',
  LDP: 'Directory service',
  HDR: 'HTTP headers',
  CFG: 'Configuration',
};

/** The area of a rule (`CFY-TLS-09`) or control (`TLS-09`) id; an unknown one stands for itself. */
export function areaOf(id: string): {
  readonly code: string;
  readonly title: string;
  readonly order: number;
} {
  const code = id.replace(/^CFY-/, '').split('-')[0] ?? id;
  const order = Object.keys(areas).indexOf(code);
  return { code, title: areas[code] ?? code, order: order < 0 ? Object.keys(areas).length : order };
}

const frameworks: readonly (readonly [prefix: string, title: string])[] = [
  ['nist-800-53', 'NIST SP 800-53 r5'],
  ['cis', 'CIS Controls'],
  ['iso', 'ISO/IEC 27001'],
  ['pci', 'PCI DSS'],
  ['soc2', 'SOC 2'],
  ['asvs', 'OWASP ASVS'],
  ['owasp-asvs', 'OWASP ASVS'],
  ['api', 'OWASP API Security'],
  ['owasp-api', 'OWASP API Security'],
  ['cwe', 'CWE'],
];

/** Name of a framework; an unknown one stands for itself. */
export function frameworkTitle(id: string): string {
  return frameworks.find(([prefix]) => id.startsWith(prefix))?.[1] ?? id;
}
