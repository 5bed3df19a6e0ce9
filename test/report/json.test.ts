import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleReport } from '../../fixtures/report/report';
import { loadFormat } from '../../src/report';
import type { JsonSchema } from '../../src/model/rule';
import { compileSchema } from '../../src/schema/ajv';
import { packageRoot } from '../../src/schema/package-root';

const json = loadFormat('json');
const schema = JSON.parse(
  readFileSync(join(packageRoot(), 'src/schema/report.schema.json'), 'utf8'),
) as JsonSchema;

test('the report fits its published schema, and a report with a stranger in it does not', () => {
  const validate = compileSchema(schema);
  const parsed = JSON.parse(json.render(sampleReport())) as Record<string, unknown>;
  expect(validate(parsed)).toEqual([]);
  expect(validate({ ...parsed, extra: 1 })).toHaveLength(1);
  expect(validate({ ...parsed, schemaVersion: '2.0' })).not.toEqual([]);
});

test('parsing gives back what was rendered', () => {
  expect(JSON.parse(json.render(sampleReport()))).toEqual(JSON.parse(JSON.stringify(sampleReport())));
});

test('the order in which a report was built does not show', () => {
  const turned = turn(sampleReport()) as ReturnType<typeof sampleReport>;
  expect(JSON.stringify(turned)).not.toBe(JSON.stringify(sampleReport()));
  expect(json.render(turned)).toBe(json.render(sampleReport()));
});

test('no character of the file acts on a terminal or reorders text', () => {
  const hostile = { ...sampleReport(), bundleDigest: '\u202Ea\u0085b\u2028c\u{E0041}\uFEFF\u001b[2J' };
  const text = json.render(hostile);
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect((JSON.parse(text) as typeof hostile).bundleDigest).toBe(hostile.bundleDigest);
});

/** The same value with every object's keys in reverse order. */
function turn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turn);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, turn(inner)]),
  );
}
