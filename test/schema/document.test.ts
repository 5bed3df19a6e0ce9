import { InputError } from '../../src/model/errors';
import { checkDocument, parseSource, readDocument } from '../../src/schema/document';

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: { type: 'string' },
    ports: { type: 'object', additionalProperties: { type: 'integer' } },
  },
};

function complaint(text: string): string {
  try {
    checkDocument(parseSource(text, 't.yaml'), schema);
  } catch (error) {
    if (error instanceof InputError) return error.describe();
    throw error;
  }
  return 'fits';
}

test.each([
  ['name: a\n', 'fits'],
  ['name: a\nprots: {}\n', 't.yaml:2: unknown key "prots"; did you mean "ports"? (at /prots)'],
  ['name: a\ncolour: {}\n', 't.yaml:2: unknown key "colour" (at /colour)'],
  ['ports: {}\n', 't.yaml:1: missing key "name" (at /name)'],
  ['name: a\nports:\n  https: x\n', 't.yaml:3: must be integer (at /ports/https)'],
  ['name: a\nname: b\n', 't.yaml:2: Map keys must be unique'],
])('%j', (text, said) => {
  expect(complaint(text)).toBe(said);
});

test('an alias bomb is refused, not expanded', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x,x]',
    'b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]',
    'c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]',
    'd: [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]',
  ];
  expect(() => parseSource(bomb.join('\n'), 't.yaml')).toThrow(InputError);
});

test('a missing file is an input error that names it', () => {
  expect(() => readDocument('/nonexistent/t.yaml')).toThrow(/cannot be read: no such file/);
});

test('a device without end is refused at the limit', () => {
  expect(() => readDocument('/dev/zero')).toThrow('the file is larger than 268435456 bytes');
});
