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

/** The answer to "passed or not", in words. */
export interface GateWords {
  readonly tone: 'passed' | 'failed' | 'incomplete';
  readonly sign: string;
  readonly word: string;
  /** Exit code of a run that stops on gaps, and what it stands for. */
  readonly exit: number;
  readonly meaning: string;
}

/** What the gate says. An incomplete gate that knows failures says both: gaps never hide a failure. */
export function gateWords({ outcome, reasons }: Gate): GateWords {
  switch (outcome) {
    case 'passed':
      return {
        tone: 'passed',
        sign: '✓',
        word: 'Gate passed',
        exit: 0,
        meaning: 'nothing that the profile forbids was found, and nothing it asks for is open',
      };
    case 'failed':
      return {
        tone: 'failed',
        sign: '✕',
        word: 'Gate failed',
        exit: 1,
        meaning: 'something that the profile forbids was found',
      };
    case 'incomplete':
      return reasons.length > 0
        ? {
            tone: 'failed',
            sign: '✕',
            word: 'Failed, and incomplete',
            exit: 3,
            meaning:
              'something that the profile forbids was found, and not everything it asks for could be established (gaps accepted with --incomplete ok: 1)',
          }
        : {
            tone: 'incomplete',
            sign: '?',
            word: 'Incomplete',
            exit: 3,
            meaning:
              'not everything that the profile asks for could be established (gaps accepted with --incomplete ok: 0)',
          };
  }
}

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

const frameworks: Readonly<Record<string, string>> = {
  'nist-800-53r5': 'NIST SP 800-53 r5',
  'cis-controls-8.1': 'CIS Controls 8.1',
  'iso-27001-2022': 'ISO/IEC 27001:2022',
  'pci-dss-4.0.1': 'PCI DSS 4.0.1',
  'soc2-tsc-2017': 'SOC 2',
  'asvs-5.0.0': 'OWASP ASVS 5.0.0',
  'owasp-api-2023': 'OWASP API 2023',
  cwe: 'CWE',
};

/** Name of a framework; an unknown one stands for itself. */
export function frameworkTitle(id: string): string {
  return frameworks[id] ?? id;
}
