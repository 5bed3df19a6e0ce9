import { InputError } from '../model/errors';
import type { UncoveredControl } from '../model/report';
import type { Rule } from '../model/rule';
import { digest } from '../schema/canonical';
import { checkDocument, readDocument, type SourceDocument } from '../schema/document';
import { checkRule, type Framework } from './check-rule';
import { listFolder, placeOf, ruleFiles } from './find-rule';
import { packageSchema } from './package-schema';

/** All rules of a folder, checked: nothing below has to doubt them. */
export interface Catalogue {
  readonly version: string;
  /** `sha256:` + hex over rules, frameworks and uncovered controls. */
  readonly digest: string;
  /** Sorted by id. */
  readonly rules: readonly Rule[];
  readonly frameworks: readonly Framework[];
  readonly uncovered: readonly UncoveredControl[];
}

/** Reads and checks every rule below `folder`. Throws InputError with file, line and pointer for the first fault. */
export function loadCatalogue(folder: string): Catalogue {
  const frameworks = loadFrameworks(`${folder}/frameworks`);
  const schema = packageSchema('rules/rule.schema.json');
  const files = ruleFiles(folder);
  const rules = new Map<string, Rule>();
  for (const file of files) {
    const document = readDocument(file);
    checkDocument(document, schema);
    const rule = document.value as Rule;
    if (rules.has(rule.id)) refuse(document, '/id', `there is another rule ${rule.id}`);
    if (file !== `${folder}/${placeOf(rule.id)}`) {
      refuse(document, '/id', `${rule.id} belongs into ${placeOf(rule.id)}`);
    }
    const [fault] = checkRule(rule, frameworks);
    if (fault) refuse(document, fault.pointer, fault.message);
    rules.set(rule.id, rule);
  }
  const uncovered = loadUncovered(`${folder}/not-covered.yaml`, rules);
  const sorted = [...rules.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const version = loadVersion(`${folder}/catalogue.yaml`);
  const content = { version, rules: sorted, frameworks, uncovered };
  return { ...content, digest: digest(content) };
}

function loadFrameworks(folder: string): readonly Framework[] {
  const schema = packageSchema('rules/frameworks/framework.schema.json');
  return listFolder(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => {
      const document = readDocument(`${folder}/${name}`);
      checkDocument(document, schema);
      const framework = document.value as Framework;
      if (name !== `${framework.id}.yaml`)
        refuse(document, '/id', `the file must be called ${framework.id}.yaml`);
      return framework;
    });
}

const uncoveredSchema = {
  type: 'array',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['id', 'title', 'severity', 'reach'],
    properties: {
      id: { type: 'string', pattern: '^[A-Z]{3}-[0-9]{2}$' },
      title: { type: 'string', minLength: 10 },
      severity: { enum: ['critical', 'high', 'medium', 'low', 'info'] },
      reach: { enum: ['network', 'host'] },
    },
  },
};

function loadUncovered(file: string, rules: ReadonlyMap<string, Rule>): readonly UncoveredControl[] {
  const document = readDocument(file);
  checkDocument(document, uncoveredSchema);
  const controls = document.value as readonly UncoveredControl[];
  controls.forEach(({ id }, i) => {
    if (rules.has(`CFY-${id}`)) refuse(document, `/${i}/id`, `${id} is decided by CFY-${id}`);
    if (controls.findIndex((other) => other.id === id) < i)
      refuse(document, `/${i}/id`, `${id} stands here twice`);
  });
  return controls;
}

function loadVersion(file: string): string {
  const document = readDocument(file);
  const schema = { type: 'object', additionalProperties: false, required: ['version'] };
  checkDocument(document, { ...schema, properties: { version: { type: 'string' } } });
  return (document.value as { readonly version: string }).version;
}

function refuse(document: SourceDocument, pointer: string, message: string): never {
  const line = document.lineOf(pointer);
  throw new InputError(message, { file: document.file, ...(line === undefined ? {} : { line }), pointer });
}
