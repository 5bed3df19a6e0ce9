import { join } from 'node:path';
import { InputError } from '../model/errors';
import type { JsonSchema, Rule } from '../model/rule';
import { findRule } from '../evaluate/find-rule';
import { packageRoot } from '../schema/package-root';
import { exitCodes, type Shell } from './shell';

/** `cfy-audit explain ID`: one rule in words. Throws InputError for an id that is not in the catalogue. */
export function explainCommand(shell: Shell, id: string): number {
  const rule = findRule(join(packageRoot(), 'rules'), id.toUpperCase());
  if (rule === null) throw new InputError(`there is no rule ${id}: \`cfy-audit rules\` lists them`);
  shell.out(explain(rule, Math.min(shell.columns, 100)));
  return exitCodes.passed;
}

function explain(rule: Rule, width: number): string {
  const controls = Object.entries(rule.controls).map(([framework, ids]) => `${framework}: ${ids.join(', ')}`);
  const parameters = Object.entries(rule.parameters ?? {}).map(
    ([name, v]) => `${name}: ${JSON.stringify(v)}`,
  );
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['Why it matters', [rule.rationale]],
    ['Where it comes from', [rule.source]],
    [
      'How it is judged',
      [
        `on ${rule.evidence} evidence, requiring:`,
        JSON.stringify(rule.assert),
        ...(rule.passRequires === undefined ? [] : passNeeds(rule.passRequires)),
      ],
    ],
    ['Parameters (a profile may change them)', parameters],
    ['How to mend it', [rule.remediation]],
    ['Controls it supports', controls],
  ];
  const body = sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `${title}\n${lines.map((line) => wrap(line, width)).join('\n')}`);
  return `${rule.id}  ${rule.title}\nseverity: ${rule.severity}\n\n${body.join('\n\n')}\n`;
}

/** What has to be known before "no violation" means pass: in words where the condition has them, as schema else. */
function passNeeds(condition: JsonSchema): readonly string[] {
  const words = descriptions(condition);
  return [
    'A pass needs as well:',
    ...(words.length === 0 ? [JSON.stringify(condition)] : words.map((text) => `- ${text}`)),
  ];
}

function descriptions(value: unknown): readonly string[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'description' && typeof inner === 'string' ? [inner] : descriptions(inner),
  );
}

/** Wraps at spaces, two columns in; keeps the line breaks of the text. */
function wrap(text: string, width: number): string {
  return text
    .trim()
    .split('\n')
    .flatMap((paragraph) => {
      const lines = [''];
      for (const word of paragraph.split(' ')) {
        const last = lines.at(-1) ?? '';
        if (last !== '' && last.length + word.length + 3 > width) lines.push(word);
        else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
      }
      return lines;
    })
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
}
