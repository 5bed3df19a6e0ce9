import type { Finding } from '../model/finding';
import { InputError } from '../model/errors';
import type { Selection, WaiverReview } from '../model/report';
import type { Waiver } from '../model/waiver';
import { checkDocument, readDocument, type SourceDocument } from '../schema/document';
import { packageSchema } from './package-schema';

/** Reads a waivers file. Throws InputError, and applies nothing of it, when any entry is wrong. */
export function readWaivers(file: string, selection: Selection): readonly Waiver[] {
  const document = readDocument(file);
  checkDocument(document, packageSchema('src/evaluate/waivers.schema.json'));
  const waivers = document.value as readonly Waiver[];
  const severities = new Map(selection.rules.map((rule) => [rule.id, rule.severity]));
  const known = new Set([...severities.keys(), ...selection.deselected]);
  const seen = new Set<string>();
  waivers.forEach((waiver, i) => {
    const place = `${waiver.rule} ${waiver.subject}`;
    if (!known.has(waiver.rule)) refuse(document, `/${i}/rule`, `there is no rule ${waiver.rule}`);
    if (waiver.subject === '*' && severities.get(waiver.rule) === 'critical') {
      refuse(document, `/${i}/subject`, `${waiver.rule} is critical: name each subject, "*" is not allowed`);
    }
    if (seen.has(place)) refuse(document, `/${i}`, `${waiver.rule} is waived for this subject already`);
    seen.add(place);
  });
  return waivers;
}

/**
 * Attaches waivers to the failures they accept, as of the start of the run. The failure stays a failure. An exact
 * subject goes before `*`; a waiver holds to the end of its day of expiry (UTC).
 */
export function reviewWaivers(
  findings: readonly Finding[],
  waivers: readonly Waiver[],
  startedAt: string,
): { readonly findings: readonly Finding[]; readonly review: WaiverReview } {
  const day = new Date(startedAt).toISOString().slice(0, 10);
  const current = waivers.filter((waiver) => waiver.expires >= day);
  const used = new Set<Waiver>();
  const waived = findings.map((finding) => {
    if (finding.outcome !== 'fail') return finding;
    const mine = current.filter((waiver) => waiver.rule === finding.rule);
    const waiver =
      mine.find(({ subject }) => subject === finding.subject.id) ??
      mine.find(({ subject }) => subject === '*');
    if (!waiver || (waiver.subject === '*' && finding.severity === 'critical')) return finding;
    used.add(waiver);
    return { ...finding, waiver };
  });
  return {
    findings: waived,
    review: {
      active: current.filter((waiver) => used.has(waiver)),
      expired: waivers.filter((waiver) => !current.includes(waiver)),
      unused: current.filter((waiver) => !used.has(waiver)),
    },
  };
}

function refuse(document: SourceDocument, pointer: string, message: string): never {
  const line = document.lineOf(pointer);
  throw new InputError(message, { file: document.file, ...(line === undefined ? {} : { line }), pointer });
}
