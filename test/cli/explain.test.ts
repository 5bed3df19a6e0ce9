import { explainCommand } from '../../src/cli/explain';
import type { Shell } from '../../src/cli/shell';

function explained(id: string): string {
  const said: string[] = [];
  explainCommand({ columns: 200, out: (text: string) => said.push(text) } as unknown as Shell, id);
  return said.join('').replace(/\s+/g, ' ');
}

test('what a pass needs is said in the words of the condition, or as the condition where it has none', () => {
  expect(explained('cfy-crt-01')).toContain(
    'A pass needs as well: - a revocation state that could be established where it is offered here - a declared CA',
  );
  expect(explained('CFY-CRT-06')).toContain('A pass needs as well: {"properties":{"chain":{"minItems":1}}}');
});
